package org.postern.directory;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;

/** Stands before a server, until it swallows what is said. */
final class Relay {
    private final TestLdap ldap;
    volatile boolean hangs;
    final ScriptedServer server = new ScriptedServer(this::relay);

    Relay(TestLdap ldap) {
        this.ldap = ldap;
    }

    private void relay(Socket connection) throws IOException {
        try (Socket onward = new Socket(InetAddress.getLoopbackAddress(), ldap.port())) {
            Thread back = new Thread(() -> pump(onward, connection));
            back.setDaemon(true);
            back.start();
            pump(connection, onward);
        }
    }

    private void pump(Socket from, Socket to) {
        byte[] bytes = new byte[8192];
        try {
            for (int n = from.getInputStream().read(bytes);
                    n >= 0;
                    n = from.getInputStream().read(bytes)) {
                if (!hangs) {
                    to.getOutputStream().write(bytes, 0, n);
                }
            }
        } catch (IOException closed) {
            // as is the other end, soon
        }
    }
}
