package org.postern.server.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.EncoderBase;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Logs to the standard error, one line for each event, with the time in UTC; what is to be read lies on the standard
 * output. A {@code logback.xml} on the class path, or {@code -Dlogback.configurationFile}, takes its place. In code, since
 * reading XML costs a tenth of the start.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_HIGH_PRIORITY)
public final class ConsoleLogging extends ContextAwareBase implements Configurator {
    /** The system property that a command sets, whose user wants to read its own answer. */
    public static final String QUIET = "postern.quiet";

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        URL file = ConsoleLogging.class.getClassLoader().getResource("logback.xml");
        if (file != null || System.getProperty("logback.configurationFile") != null) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        Line line = new Line();
        line.setContext(context);
        line.start();
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(context);
        console.setTarget("System.err");
        console.setEncoder(line);
        console.start();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN);
        root.addAppender(console);
        context.getLogger("org.postern").setLevel(Boolean.getBoolean(QUIET) ? Level.WARN : Level.INFO);
        context.getLogger("org.postern.audit").setLevel(Level.INFO);
        context.getLogger("com.icegreen.greenmail").setLevel(Level.ERROR);
        // That the demo's server takes no message for somebody unknown is told to whoever sends it.
        context.getLogger("com.icegreen.greenmail.smtp.commands.DataCommand").setLevel(Level.OFF);
        // A lost connection is told by whoever wanted to use it, in one line.
        context.getLogger("com.zaxxer.hikari").setLevel(Level.ERROR);
        // That H2 is newer than what Flyway was tested with is known: the tests here run on it.
        context.getLogger("org.flywaydb").setLevel(Level.ERROR);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** Time, level, logger, message; where an exception came with it, its stack follows. */
    static final class Line extends EncoderBase<ILoggingEvent> {
        @Override
        public byte[] headerBytes() {
            return new byte[0];
        }

        @Override
        public byte[] footerBytes() {
            return new byte[0];
        }

        @Override
        public byte[] encode(ILoggingEvent event) {
            StringBuilder line = new StringBuilder(256)
                    .append(Instant.ofEpochMilli(event.getTimeStamp()).truncatedTo(ChronoUnit.MILLIS))
                    .append(' ')
                    .append(event.getLevel())
                    .append(' ')
                    .append(event.getLoggerName())
                    .append(' ');
            append(line, String.valueOf(event.getFormattedMessage()));
            if (event.getThrowableProxy() != null) {
                line.append(System.lineSeparator())
                        .append(ch.qos.logback.classic.spi.ThrowableProxyUtil.asString(event.getThrowableProxy()));
            } else {
                line.append(System.lineSeparator());
            }
            return line.toString().getBytes(StandardCharsets.UTF_8);
        }

        /** One line, whatever came from outside. */
        private static void append(StringBuilder line, String message) {
            for (int i = 0; i < message.length(); i++) {
                char c = message.charAt(i);
                line.append(Character.isISOControl(c) || c == '\u2028' || c == '\u2029' ? ' ' : c);
            }
        }
    }
}
