package org.postern.sample;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The arrows between modules: all of them point at the core, and store, filter and REST never see each other. */
class ModuleArrowsTest {
    private static final JavaClasses PRODUCT = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(location -> !location.contains("test-classes") && !location.contains("-tests.jar"))
            .importPackages("org.postern");

    @ParameterizedTest
    @CsvSource({
        "store, filter",
        "store, rest",
        "filter, store",
        "filter, rest",
        "rest, store",
        "rest, filter",
        "core, store",
        "core, filter",
        "core, rest",
        "core, sample",
        "store, sample",
        "filter, sample",
        "rest, sample",
        "core, server",
        "store, server",
        "filter, server",
        "rest, server",
        "server, filter",
        "server, rest",
        "server, sample",
        "core, directory",
        "store, directory",
        "filter, directory",
        "rest, directory",
        "server, directory",
        "sample, directory",
        "directory, store",
        "directory, filter",
        "directory, rest",
        "directory, server",
        "directory, sample"
    })
    void module_neverSees(String module, String other) {
        noClasses()
                .that()
                .resideInAPackage("org.postern." + module + "..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.postern." + other + "..")
                .check(PRODUCT);
    }

    @ParameterizedTest
    @CsvSource({
        "org.hibernate.., org.postern.store..",
        "jakarta.persistence.., org.postern.store..",
        "com.zaxxer.hikari.., org.postern.store..",
        "org.flywaydb.., org.postern.store..",
        "org.bouncycastle.., org.postern.store..",
        "java.sql.., org.postern.store..",
        "com.unboundid.., org.postern.directory..",
        "jakarta.ws.rs.., org.postern.rest..",
        "org.glassfish.jersey.., org.postern.rest..",
        "org.eclipse.jetty.., org.postern.server..",
        "io.smallrye.config.., org.postern.server..",
        "ch.qos.logback.., org.postern.server..",
        "com.icegreen.greenmail.., org.postern.server..",
        "gg.jte.., org.postern.sample.."
    })
    void library_staysWithItsOwner(String library, String owner) {
        noClasses()
                .that()
                .resideInAPackage("org.postern..")
                .and()
                .resideOutsideOfPackages(owner, "gg.jte.generated..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library)
                .check(PRODUCT);
    }

    /** One class makes the canonical domain, and so the canonical address; nothing is compared by a locale's rules. */
    @Test
    void addresses_areMadeInOnePlace_byNoLocalesRules() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("org.postern.core.DomainName")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.net.IDN")
                .check(PRODUCT);
        noClasses()
                .should()
                .callMethod(String.class, "toLowerCase")
                .orShould()
                .callMethod(String.class, "toUpperCase")
                .check(PRODUCT);
        noClasses()
                .that()
                .resideInAnyPackage("org.postern.core", "org.postern.core.service", "org.postern.store..")
                .should()
                .callMethod(String.class, "equalsIgnoreCase", String.class)
                .orShould()
                .callMethod(String.class, "compareToIgnoreCase", String.class)
                .orShould()
                .accessField(String.class, "CASE_INSENSITIVE_ORDER")
                .check(PRODUCT);
    }

    @Test
    void packages_haveNoCycles() {
        slices().matching("org.postern.(**)").should().beFreeOfCycles().check(PRODUCT);
    }

    @Test
    void names_saySomething() {
        assertThat(PRODUCT.stream().map(JavaClass::getSimpleName))
                .noneMatch(n -> n.matches(".*(Impl|Manager|Helper|Util|Utils)|(Base|Abstract)[A-Z].*"));
    }
}
