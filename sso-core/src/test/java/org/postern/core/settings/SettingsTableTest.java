package org.postern.core.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The table in {@code docs/settings.md} is what the program reads. */
class SettingsTableTest {
    @Test
    void table_namesEverySettingWithItsDefault() throws IOException {
        List<String> rows = Files.readAllLines(Path.of("..", "docs", "settings.md")).stream()
                .filter(line -> line.startsWith("| `sso."))
                .toList();
        assertThat(rows)
                .containsExactlyElementsOf(Arrays.stream(Setting.values())
                        .map(SettingsTableTest::row)
                        .toList());
    }

    private static String row(Setting setting) {
        String defaultValue = setting.defaultValue().isEmpty() ? "" : "`" + setting.defaultValue() + "`";
        return "| `" + setting.key() + "` | " + defaultValue + " | " + setting.description() + " |";
    }
}
