package org.postern.sample;

import java.io.IOException;
import java.net.BindException;
import java.util.List;
import org.postern.core.UnavailableException;
import org.postern.core.service.Postern;
import org.postern.core.settings.Settings;
import org.postern.core.settings.SettingsException;
import org.postern.sample.command.Commands;
import org.postern.sample.logging.ConsoleLogging;
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
        return new Commands(Configuration::read, System.in, System.out, System.err).run(words);
    }

    private int serve() throws Exception {
        Settings settings = Configuration.read();
        WebServer server = listen(settings);
        Settings effective = settings.listeningOn(server.port());
        Ahead<Postern> postern = Ahead.of("postern-open", () -> Postern.open(effective));
        Application application = new Application(() -> effective, same -> postern.get());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server), "postern-stop"));
        server.start(application);
        new StartLines(effective, application).print(System.out);
        Thread footprint = new Thread(Footprint::keepSmall, "postern-footprint");
        footprint.setDaemon(true);
        footprint.start();
        server.join();
        return 0;
    }

    private static WebServer listen(Settings settings) throws IOException {
        try {
            return WebServer.listen(settings.demo().on(), settings.http().port());
        } catch (BindException taken) {
            throw new SettingsException(
                    "sso.port", "port " + settings.http().port() + " cannot be used: " + taken.getMessage());
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
