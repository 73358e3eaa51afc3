package org.postern.core;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The core stands on the JDK, the MicroProfile Config API and SLF4J alone, and its packages point one way. */
class CoreArchitectureTest {
    private static final JavaClasses CORE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(location -> !location.contains("test-classes"))
            .importPackages("org.postern.core");

    @Test
    void core_dependsOnNothingElse() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "org.postern.core..",
                        "java..",
                        "javax.crypto..",
                        "org.eclipse.microprofile.config..",
                        "org.slf4j..",
                        "org.jspecify..")
                .check(CORE);
    }

    @Test
    void packages_pointOneWay() {
        noClasses()
                .that()
                .resideInAPackage("org.postern.core")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.postern.core.spi..",
                        "org.postern.core.service..",
                        "org.postern.core.settings..",
                        "org.postern.core.memory..")
                .check(CORE);
        noClasses()
                .that()
                .resideInAPackage("org.postern.core.spi")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.postern.core.service..", "org.postern.core.memory..")
                .check(CORE);
        noClasses()
                .that()
                .resideInAPackage("org.postern.core.service")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.postern.core.memory..")
                .check(CORE);
    }

    @Test
    void clock_isGiven() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("org.postern.core.service.Postern")
                .should()
                .callMethod(java.time.Clock.class, "systemUTC")
                .orShould()
                .callMethod(java.time.Instant.class, "now")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .check(CORE);
    }

    @Test
    void secret_isRevealedInFewPlaces() {
        assertThat(CORE.get(Secret.class).getMethod("reveal").getAccessesToSelf().stream()
                        .map(access -> access.getOriginOwner().getSimpleName())
                        .distinct()
                        .sorted())
                .containsExactly(
                        "ChosenToken",
                        "InMemoryDirectory",
                        "LoginUrl",
                        "MailConnections",
                        "MailLogins",
                        "Message",
                        "RemoteLogins",
                        "TokenKeys",
                        "VerifiedPasswords");
    }

    @Test
    void classes_areFinalOrClosed() {
        classes()
                .that()
                .areTopLevelClasses()
                .and()
                .areNotInterfaces()
                .and()
                .areNotEnums()
                .and()
                .haveSimpleNameNotEndingWith("package-info")
                .should()
                .haveModifier(JavaModifier.FINAL)
                .check(CORE);
    }

    @Test
    void names_saySomething() {
        assertThat(CORE.stream().map(JavaClass::getSimpleName))
                .noneMatch(n -> n.matches(".*(Impl|Manager|Helper|Util|Utils)|(Base|Abstract|I)[A-Z].*")
                        && !n.matches("I(p|ssu|nv|nM)[a-zA-Z]*"));
    }
}
