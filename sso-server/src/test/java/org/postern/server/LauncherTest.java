package org.postern.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Contract, section 10: options, each of which is a setting too. */
class LauncherTest {
    private static Launcher.Options parse(String... args) {
        return Launcher.Options.parse(List.of(args));
    }

    @Test
    void parse_options_areSettings() {
        assertThat(parse("--demo", "--port", "0", "--data=x", "--imap-port", "1", "--pop3-port", "2", "--smtp-port=3")
                        .settings())
                .containsOnly(
                        entry("sso.demo", "true"),
                        entry("sso.port", "0"),
                        entry("sso.data", "x"),
                        entry("sso.demo.imap-port", "1"),
                        entry("sso.demo.pop3-port", "2"),
                        entry("sso.demo.smtp-port", "3"));
    }

    @ParameterizedTest
    @CsvSource({
        "--port 65536, --port: must be a number from 0 to 65535",
        "--port -1, --port: must be a number from 0 to 65535",
        "--port 8o80, --port: must be a number from 0 to 65535",
        "--port, --port: a value is missing",
        "--data=, --data: a value is missing",
        "--port 1 --port 2, --port: given twice",
        "--settings /no/such/file, --settings: there is no such file",
        "--prot 80, --prot: there is no such option; --help lists them all",
        "-x, -x: there is no such option; --help lists them all"
    })
    void parse_badOption_isNamedInOneLine(String line, String message) {
        assertThatThrownBy(() -> parse(line.split(" ")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void parse_command_keepsItsOwnOptionsAndGivesUpTheDataFolder() {
        Launcher.Options options = parse("admin", "create", "a@b.example", "--role", "mail", "--data", "x", "--help");

        assertThat(options.command()).containsExactly("admin", "create", "a@b.example", "--role", "mail", "--help");
        assertThat(options.settings()).containsOnly(entry("sso.data", "x"));
        assertThat(options.asksForHelp()).isFalse();
    }

    @Test
    void dataFolder_inTheSettingsFile_isFoundThere(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("postern.properties"), "sso.data = elsewhere\n");

        assertThat(parse("--settings", file.toString()).dataFolder()).isEqualTo(Path.of("elsewhere"));
        assertThat(parse("--settings", file.toString(), "--data", "here").dataFolder())
                .isEqualTo(Path.of("here"));
    }
}
