package org.postern.sample;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Contract, section 1: one word for each thing, in code, API, pages and docs. */
class WordsTest {
    private static final Path ROOT = Path.of("..");

    /** What others call the things that {@code docs/words.md} names. */
    private static final String OTHER_WORDS =
            "(?i)\\b(user accounts?|e-?mail accounts?|access tokens?|auth(entication)? tokens?"
                    + "|temporary tokens?|one-time (tokens?|passwords?|links?)|magic links?|sso tokens?|login tickets?"
                    + "|super-?users?|admin users?|impersonat\\w+|masquerad\\w+|(consum|invalidat|cancel|withdraw)\\w* (a |the )?(login )?tokens?"
                    + "|tokens? (is|are|was|were) (consumed|invalidated|cancelled|withdrawn|validated))\\b";

    private static final String OTHER_NAMES =
            ".*(Impersonat|Masquerad|MagicLink|Superuser|AccessToken|AuthToken|TicketLogin|Validat(e|or)Token).*";

    private static List<Path> texts() throws IOException {
        try (Stream<Path> files = Stream.of(
                        "docs",
                        "sso-rest/src/main",
                        "sso-filter/src/main",
                        "sso-server/src/main",
                        "sample-webapp/src/main")
                .flatMap(folder -> files(ROOT.resolve(folder)))) {
            return Stream.concat(files, Stream.of(ROOT.resolve("README.md")))
                    .filter(file -> file.toString().matches(".*\\.(md|properties|yaml|jte|java)"))
                    .toList();
        }
    }

    private static Stream<Path> files(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).toList().stream();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void texts_nameNothingByAnotherWord() throws IOException {
        List<Path> texts = texts();
        assertThat(texts).hasSizeGreaterThan(100);
        for (Path text : texts) {
            assertThat(Files.readAllLines(text))
                    .as(text.toString())
                    .noneMatch(line -> java.util.regex.Pattern.compile(OTHER_WORDS)
                            .matcher(line)
                            .find());
        }
    }

    @Test
    void classes_nameNothingByAnotherWord() {
        assertThat(new ClassFileImporter()
                        .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("org.postern").stream()
                                .map(JavaClass::getSimpleName))
                .noneMatch(name -> name.matches(OTHER_NAMES));
    }

    @Test
    void wordsPage_hasTheContractsWords() throws IOException {
        assertThat(Files.readString(ROOT.resolve("docs/words.md")))
                .contains(
                        "**mailbox**",
                        "**login token**",
                        "**session type**",
                        "**issue, redeem, refuse, revoke, expire**",
                        "**administrator**",
                        "**reason**",
                        "**webmail session**",
                        "**webmail host**");
    }
}
