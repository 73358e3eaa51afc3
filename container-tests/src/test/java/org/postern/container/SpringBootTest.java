package org.postern.container;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import java.net.http.HttpResponse;
import java.security.Principal;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.spi.ConfigProviderResolver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.postern.core.service.Issuance;
import org.postern.filter.SsoFilter;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.servlet.ServletContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** A Spring Boot webmail gets login tokens by one class, with Spring Security in the chain and without. */
@Tag("spring")
class SpringBootTest {
    private static final String ALICE = "alice@acme.example";
    private static final String POSTMASTER = "postmaster@acme.example";
    private static final String ISSUER_URL = "sso.issuer.url";
    private static final String NODE_KEY = "sso.node.key";
    private static final Pattern CSRF = Pattern.compile("name=\"_csrf\"[^>]*value=\"([^\"]+)\"");

    // region spring-boot
    @Component
    @Order(Ordered.HIGHEST_PRECEDENCE)
    static class LoginTokens implements ServletContextInitializer {
        @Override
        public void onStartup(ServletContext context) {
            new SsoFilter().addTo(context);
        }
    }
    // endregion

    /** Knows nothing of login tokens. */
    @RestController
    static class Mail {
        @GetMapping("/")
        String inbox(Principal user, Locale locale, HttpServletRequest request) {
            return user == null
                    ? "Please log in."
                    : "Inbox of " + user.getName() + " in " + locale + ", admin "
                            + request.isUserInRole("domain-admin");
        }

        @GetMapping("/domain")
        String domain() {
            return "Domain";
        }

        @PostMapping("/search")
        String search(@RequestParam("words") String words) {
            return "Found " + words;
        }
    }

    @Configuration
    @EnableAutoConfiguration(
            excludeName = {
                "org.springframework.boot.autoconfigure.security.servlet.SecurityAutoConfiguration",
                "org.springframework.boot.autoconfigure.security.servlet.SecurityFilterAutoConfiguration",
                "org.springframework.boot.autoconfigure.security.servlet.UserDetailsServiceAutoConfiguration",
                "org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration",
                "org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration",
                "org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration",
                "org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration"
            })
    @Import({LoginTokens.class, Mail.class})
    static class Plain {}

    @Configuration
    @EnableAutoConfiguration
    @Import({LoginTokens.class, Mail.class})
    static class Secured {
        // region spring-security
        @Bean
        SecurityFilterChain pages(HttpSecurity http) throws Exception {
            return http.jee(session -> session.mappableAuthorities("mailbox", "domain-admin"))
                    .authorizeHttpRequests(requests -> requests.requestMatchers("/domain")
                            .hasRole("domain-admin")
                            .anyRequest()
                            .authenticated())
                    .formLogin(Customizer.withDefaults())
                    .build();
        }
        // endregion

        @Bean
        UserDetailsService users() {
            return new InMemoryUserDetailsManager(User.withUsername("bob@acme.example")
                    .password("{noop}bobs-own")
                    .roles("mailbox")
                    .build());
        }
    }

    private IssuingService issuing;

    @BeforeEach
    void start() throws Exception {
        issuing = new IssuingService();
        System.setProperty(ISSUER_URL, issuing.url());
        System.setProperty(NODE_KEY, IssuingService.KEY);
        System.setProperty("org.springframework.boot.logging.LoggingSystem", "none");
    }

    @AfterEach
    void stop() {
        issuing.close();
        System.clearProperty(ISSUER_URL);
        System.clearProperty(NODE_KEY);
        ConfigProviderResolver resolver = ConfigProviderResolver.instance();
        resolver.releaseConfig(resolver.getConfig());
    }

    /** A running application. */
    private static final class Running implements AutoCloseable {
        private final ConfigurableApplicationContext context;

        Running(Class<?> configuration) {
            SpringApplication application = new SpringApplication(configuration);
            application.setDefaultProperties(Map.of(
                    "server.port", "0",
                    "server.address", "127.0.0.1",
                    "spring.main.banner-mode", "off",
                    "spring.mvc.hiddenmethod.filter.enabled", "true"));
            context = application.run();
        }

        ForeignHost.Browser browser() {
            return new ForeignHost.Browser(port());
        }

        int port() {
            return Integer.parseInt(context.getEnvironment().getRequiredProperty("local.server.port"));
        }

        @Override
        public void close() {
            context.close();
        }
    }

    private String token(String user, String type, String locale) {
        return issuing.issue(user, type, locale).value().reveal();
    }

    @Test
    void itIsTheVersionThisRunIsNamedAfter() {
        assertThat(SpringBootVersion.getVersion()).isEqualTo(System.getProperty("container.version"));
    }

    @Test
    void loginUrl_opensTheControllersInbox() throws Exception {
        try (Running webmail = new Running(Plain.class)) {
            assertThat(webmail.browser().get("/").body()).isEqualTo("Please log in.");
            assertThat(webmail.browser().post("/search", "words", "a b").body()).isEqualTo("Found a b");

            String token = token(ALICE, "sso", "de");
            ForeignHost.Browser browser = webmail.browser();
            assertThat(browser.logIn(ALICE, token).body()).isEqualTo("Inbox of alice@acme.example in de, admin false");
            assertThat(webmail.browser().logIn(ALICE, token).body()).isEqualTo("Please log in.");
            assertThat(webmail.browser()
                            .logIn(POSTMASTER, token(POSTMASTER, "sso_admin", ""))
                            .body())
                    .contains("postmaster@acme.example", "admin true");
            assertThat(browser.get("/?_task=logout", "Sec-Fetch-Site", "none").body())
                    .isEqualTo("Please log in.");
        }
    }

    /** Spring's filters read parameters; the login's form must be read before. */
    @Test
    void filter_standsBeforeThoseOfSpring_andMakesTheCookieSafe() throws Exception {
        try (Running webmail = new Running(Plain.class)) {
            Raw.Answer answer = new Raw(webmail.port())
                    .post(Site.LOGIN, "user=" + ALICE + "&pass=" + token(ALICE, "sso", "") + "&direct=1");
            assertThat(answer.status()).isEqualTo(303);
            assertThat(answer.setCookie().orElseThrow())
                    .containsIgnoringCase("HttpOnly")
                    .contains("SameSite=Lax");
        }
    }

    @Test
    void springSecurity_seesTheSession_andItsRoles_untilItIsRevoked() throws Exception {
        try (Running webmail = new Running(Secured.class)) {
            assertThat(webmail.browser().get("/").uri().getPath()).isEqualTo("/login");

            Issuance.Issued issued = issuing.issue(ALICE, "normal", "de");
            ForeignHost.Browser browser = webmail.browser();
            assertThat(browser.post(
                                    Site.LOGIN,
                                    "user",
                                    ALICE,
                                    "pass",
                                    issued.value().reveal(),
                                    "direct",
                                    "1")
                            .body())
                    .isEqualTo("Inbox of alice@acme.example in de, admin false");
            assertThat(browser.get("/domain").statusCode()).isEqualTo(403);
            ForeignHost.Browser other = webmail.browser();
            other.logIn(POSTMASTER, token(POSTMASTER, "sso_admin", ""));
            assertThat(other.get("/domain").body()).isEqualTo("Domain");

            issuing.revoke(issued);
            await(() -> browser.get("/").uri().getPath().equals("/login"));
            other.get("/?_task=logout", "Sec-Fetch-Site", "none");
            assertThat(other.get("/domain").uri().getPath()).isEqualTo("/login");
        }
    }

    @Test
    void springSecurity_keepsItsOwnForm() throws Exception {
        try (Running webmail = new Running(Secured.class)) {
            ForeignHost.Browser browser = webmail.browser();
            HttpResponse<String> form = browser.get("/login");
            Matcher csrf = CSRF.matcher(form.body());
            assertThat(csrf.find()).isTrue();

            HttpResponse<String> inbox = browser.post(
                    "/login", "username", "bob@acme.example", "password", "bobs-own", "_csrf", csrf.group(1));

            assertThat(inbox.body()).startsWith("Inbox of bob@acme.example");
            assertThat(browser.logIn(ALICE, token(ALICE, "sso", "")).body()).startsWith("Inbox of alice@acme.example");
        }
    }

    /** Within the five seconds of the contract. */
    private static void await(Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + 5_000_000_000L;
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("five seconds are over").isLessThan(end);
            Thread.sleep(50);
        }
    }
}
