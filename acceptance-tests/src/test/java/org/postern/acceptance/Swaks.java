package org.postern.acceptance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What came of a letter that {@code swaks} was to send.
 *
 * @param exit 0 where it was taken, 28 where the mechanism was not offered
 * @param said the whole conversation
 */
record Swaks(int exit, String said) {
    /** Sends a letter as this user over whatever the further options say. */
    static Swaks send(int port, String mechanism, String user, String password, String... more)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                "swaks",
                "--server",
                "127.0.0.1",
                "--port",
                String.valueOf(port),
                "--auth",
                mechanism,
                "--auth-user",
                user,
                "--auth-password",
                password,
                "--from",
                user,
                "--to",
                "somebody@example.com",
                "--timeout",
                "20"));
        command.addAll(List.of(more));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Swaks(process.waitFor(), said);
    }
}
