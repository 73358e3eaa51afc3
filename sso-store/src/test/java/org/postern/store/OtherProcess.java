package org.postern.store;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.postern.core.LoginToken;
import org.postern.core.SessionType;

/** A process of its own that opens a store on H2, and issues and redeems tokens until it is killed. */
final class OtherProcess implements AutoCloseable {
    private final Process process;
    private final BufferedReader out;

    private OtherProcess(Process process) {
        this.process = process;
        this.out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    static OtherProcess start(Path folder) throws IOException {
        return new OtherProcess(new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        OtherProcess.class.getName(),
                        folder.toString()))
                .redirectErrorStream(true)
                .start());
    }

    /** The next line that starts with a word of ours, without it; log lines are passed over. */
    String answer() throws IOException {
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.startsWith("answered ")) {
                return line.substring("answered ".length());
            }
        }
        throw new IOException("the other process ended");
    }

    /** As {@code kill -9}. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    @Override
    public void close() {
        kill();
    }

    /** Prints {@code id mailbox} of each token once its redemption was answered. */
    public static void main(String... args) {
        SqlBackend backend = new SqlBackendProvider().openSql(TestSettings.h2(Path.of(args[0])));
        Samples samples = Samples.fresh();
        for (int i = 0; i < 1_000_000; i++) {
            LoginToken token = samples.issue(backend, SessionType.SSO, "secret " + i);
            if (!samples.redeem(backend, token)) {
                throw new IllegalStateException();
            }
            System.out.println("answered " + token.id());
        }
    }
}
