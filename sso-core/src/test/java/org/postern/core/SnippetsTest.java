package org.postern.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postern.core.settings.Setting;

/** Every Java snippet in the documents is a region of a test, word by word. */
class SnippetsTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern SNIPPET =
            Pattern.compile("(?:<!-- snippet: (\\S+)#(\\S+) -->\n)?```java\n(.*?)```", Pattern.DOTALL);

    private static final Pattern SETTINGS = Pattern.compile("```properties\n(.*?)```", Pattern.DOTALL);

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "docs/embedding.md"})
    void javaSnippets_areRegionsOfTests(String document) throws IOException {
        Matcher snippets = SNIPPET.matcher(Files.readString(ROOT.resolve(document)));
        int found = 0;
        while (snippets.find()) {
            found++;
            assertThat(snippets.group(1))
                    .as("the source of a snippet in %s", document)
                    .isNotNull();
            assertThat(snippets.group(3)).isEqualTo(region(ROOT.resolve(snippets.group(1)), snippets.group(2)));
        }
        assertThat(found).isPositive();
    }

    /** Every line of a properties snippet sets something that exists. */
    @ParameterizedTest
    @ValueSource(strings = {"docs/embedding.md"})
    void settingsInSnippets_exist(String document) throws IOException {
        Set<String> known = Stream.of(Setting.values()).map(Setting::key).collect(Collectors.toSet());
        Matcher snippets = SETTINGS.matcher(Files.readString(ROOT.resolve(document)));
        int found = 0;
        while (snippets.find()) {
            found++;
            assertThat(snippets.group(1).lines().map(line -> line.replaceFirst("=.*", "")))
                    .isSubsetOf(known);
        }
        assertThat(found).isPositive();
    }

    private static String region(Path file, String name) throws IOException {
        Matcher region = Pattern.compile("// region " + name + "\n(.*?)\n *// endregion", Pattern.DOTALL)
                .matcher(Files.readString(file));
        assertThat(region.find()).as("region %s of %s", name, file).isTrue();
        return region.group(1).stripIndent() + "\n";
    }
}
