package org.postern.server;

import java.io.IOException;
import java.net.BindException;
import java.util.List;
import java.util.ServiceLoader;
import org.postern.core.UnavailableException;
import org.postern.core.settings.Settings;
import org.postern.core.settings.SettingsException;
import org.postern.server.command.Commands;
import org.postern.server.logging.ConsoleLogging;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What {@link Launcher} starts once the class path stands: the server, or a command. */
public final class Program {
    private static final int FAILED = 1;

    private volatile int exitCode;

    private Program() {}

    /** Returns only from a server that is to be stopped from outside; a command's exit code ends the process. */
    public static void main(String[] args) {
        Program program = new Program();
        int code;
        try {
            code = args.length == 0 ? program.serve() : command(List.of(args));
        } catch (SettingsException bad) {
            System.err.println(bad.getMessage());
            code = Launcher.WRONG_USE;
        } catch (UnavailableException | IOException fault) {
            System.err.println(fault.getMessage());
            code = FAILED;
        } catch (Exception fault) {
            logger().error("Postern cannot start", fault);
            code = FAILED;
        }
        program.exitCode = code;
        System.exit(code);
    }

    /** A logger only where one is needed: it costs time, and a command's user does not want it. */
    private static Logger logger() {
        return LoggerFactory.getLogger(Program.class);
    }

    private static int command(List<String> words) {
        System.setProperty(ConsoleLogging.QUIET, "true");
        return new Commands(
                        System.getProperty(Launcher.FILE, "postern.war"),
                        Configuration::read,
                        System.in,
                        System.out,
                        System.err)
                .run(words);
    }

    private int serve() throws Exception {
        Settings settings = Configuration.read();
        WebServer server = listen(settings);
        Settings effective = settings.listeningOn(server.port());
        Ahead<IssuingService> service = Ahead.of("postern-open", () -> IssuingService.open(effective));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server), "postern-stop"));
        server.start(application(), service);
        new StartLines(effective, service.get()).print(System.out);
        logger().info(
                        "Java {}, database {}",
                        Runtime.version(),
                        effective.database().place());
        Thread footprint = new Thread(Footprint::keepSmall, "postern-footprint");
        footprint.setDaemon(true);
        footprint.start();
        server.join();
        return 0;
    }

    private static WebApplication application() {
        return ServiceLoader.load(WebApplication.class)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("there is no web application in this file"));
    }

    private static WebServer listen(Settings settings) throws IOException {
        Settings.Http http = settings.http();
        try {
            return WebServer.listen(http.address(), http.port());
        } catch (BindException taken) {
            throw new SettingsException(
                    "sso.port",
                    "port " + http.port() + (http.address().isEmpty() ? "" : " of " + http.address())
                            + " cannot be used: " + taken.getMessage());
        }
    }

    /** On SIGTERM the JVM would exit with 143; who asked for the end gets 0. */
    private void stop(WebServer server) {
        try {
            server.stop();
        } catch (Exception fault) {
            logger().error("Postern did not stop well", fault);
            exitCode = FAILED;
        }
        Runtime.getRuntime().halt(exitCode);
    }
}
