package org.postern.acceptance.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.openqa.selenium.By;
import org.postern.acceptance.RunningPostern;
import org.postern.acceptance.Wire;

/**
 * Every page in two languages and two sizes, by day and by night: nothing that axe objects to, nothing that runs out of
 * the window to the right. Leaves pictures in {@code target/screenshots}.
 */
class PagesIT {
    private static final String ALICE = "alice@acme.example";
    private static final String DAVE = "dave@globex.example";

    private static RunningPostern postern;
    private static Map<String, Browser> browsers;
    private static Desk mail;
    private static Desk company;
    private static Elsewhere elsewhere;

    @BeforeAll
    static void start() {
        postern = RunningPostern.demo().start();
        mail = Desk.of(postern, "mail@acme.example");
        company = Desk.of(postern, "company@acme.example");
        browsers = Map.of("en", Browser.open(), "de", Browser.with("de"));
        elsewhere = Elsewhere.open()
                .page(
                        "/link",
                        "<html lang=en><title>x</title><a id=go href='" + postern.address() + "/?_task=logout'>x</a>");
    }

    @AfterAll
    static void stop() {
        browsers.values().forEach(Browser::close);
        elsewhere.close();
        postern.close();
    }

    /** How to come to a page, and what shows that one is there. */
    private enum Page {
        LOGIN("#login") {
            @Override
            void open(Browser browser) {
                browser.go(postern.address() + "/");
            }
        },
        WRONG_PASSWORD("#error") {
            @Override
            void open(Browser browser) {
                browser.signIn(postern.address(), ALICE, "surely-wrong");
            }
        },
        LOGO("main img + h1 + p + p a") {
            @Override
            void open(Browser browser) {
                browser.go(staying(mail.issue(ALICE, "sso").url(), language(browser)));
            }
        },
        CONFIRM("main form[method=post] button") {
            @Override
            void open(Browser browser) {
                browser.go(mail.issue(ALICE, "sso", "\"confirm\":true").url());
            }
        },
        INBOX("#messages") {
            @Override
            void open(Browser browser) {
                direct(browser);
            }
        },
        MESSAGE("#message #hidden-pictures") {
            @Override
            void open(Browser browser) {
                message(browser, "50 % off anvils");
            }
        },
        LONG_MESSAGE("#message") {
            @Override
            void open(Browser browser) {
                message(browser, "Quarterly figures");
            }
        },
        PLAIN_MESSAGE("#message .plain") {
            @Override
            void open(Browser browser) {
                message(browser, "Minutes of the annual");
            }
        },
        BASIC_INBOX("#to-standard") {
            @Override
            void open(Browser browser) {
                direct(browser);
                browser.go(postern.address() + "/?_interface=basic");
            }
        },
        BASIC_MESSAGE("#message") {
            @Override
            void open(Browser browser) {
                direct(browser);
                browser.go(postern.address() + "/?_interface=basic");
                browser.click(".message-link");
            }
        },
        NOTHING_FOUND("#listing .empty") {
            @Override
            void open(Browser browser) {
                direct(browser);
                browser.go(postern.address() + "/?_task=mail&_q=zzzz");
            }
        },
        READ_ONLY("#support-read-only") {
            @Override
            void open(Browser browser) {
                browser.go(mail.issue(ALICE, "sso", "\"read_only\":true").url() + "&direct=1");
                browser.find(".limits summary").click();
            }
        },
        WRITE("#letter") {
            @Override
            void open(Browser browser) {
                direct(browser);
                browser.go(postern.address() + "/?_task=write");
            }
        },
        KEYS("#shortcuts[open]") {
            @Override
            void open(Browser browser) {
                direct(browser);
                browser.awaitElement("#keys").click();
            }
        },
        VISITS("#visits") {
            @Override
            void open(Browser browser) {
                direct(browser);
                browser.go(postern.address() + "/?_task=visits");
            }
        },
        MAILBOX("#suspend") {
            @Override
            void open(Browser browser) {
                ADMIN.open(browser);
                browser.go(postern.address() + "/?_task=admin&_user=bob%40acme.example");
            }
        },
        TOKENS("#tokens") {
            @Override
            void open(Browser browser) {
                ADMIN.open(browser);
                browser.go(postern.address() + "/?_task=tokens");
            }
        },
        SETTINGS_BY_TOKEN("#no-password-change") {
            @Override
            void open(Browser browser) {
                direct(browser);
                browser.go(postern.address() + "/?_task=settings");
            }
        },
        SETTINGS_OF_THE_OWNER("#password-form") {
            @Override
            void open(Browser browser) {
                browser.signIn(postern.address(), ALICE, "demo-alice");
                browser.go(postern.address() + "/?_task=settings");
            }
        },
        ADMIN("#mailboxes") {
            @Override
            void open(Browser browser) {
                browser.go(
                        company.issue("postmaster@acme.example", "admin_only").url() + "&direct=1");
            }
        },
        LOGOUT_QUESTION_BY_TOKEN("main form button") {
            @Override
            void open(Browser browser) {
                direct(browser);
                browser.go(elsewhere.otherSite() + "/link").click("#go");
            }
        },
        LOGOUT_QUESTION_OF_THE_OWNER("main form button") {
            @Override
            void open(Browser browser) {
                browser.signIn(postern.address(), ALICE, "demo-alice");
                browser.go(postern.address() + "/?_task=logout");
            }
        },
        LOGGED_OUT("#login") {
            @Override
            void open(Browser browser) {
                direct(browser);
                browser.click("#logout");
            }
        },
        NO_SUCH_PAGE("#problem") {
            @Override
            void open(Browser browser) {
                browser.go(postern.address() + "/no/such/page");
            }
        },
        NOT_ALLOWED("#problem") {
            @Override
            void open(Browser browser) {
                direct(browser);
                browser.go(postern.address() + "/?_task=admin");
            }
        },
        BAD_LINK("main h1 + p") {
            @Override
            void open(Browser browser) {
                browser.go(Desk.link(postern, ALICE, "x", "&pass=y"));
            }
        },
        TOO_MANY_BY_FORM("#problem") {
            @Override
            void open(Browser browser) {
                useUpTries();
                browser.signIn(postern.address(), DAVE, "surely-wrong");
            }
        },
        TOO_MANY_BY_LINK("main h1 + p") {
            @Override
            void open(Browser browser) {
                useUpTries();
                browser.go(Desk.link(postern, DAVE, "surely-wrong", ""));
            }
        };

        final String sign;

        Page(String sign) {
            this.sign = sign;
        }

        abstract void open(Browser browser);

        String file() {
            return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        }

        static void direct(Browser browser) {
            browser.go(mail.issue(ALICE, "sso").url() + "&direct=1");
        }

        static void message(Browser browser, String subject) {
            direct(browser);
            browser.leave(() ->
                    browser.driver().findElement(By.partialLinkText(subject)).click());
            browser.awaitElement("#message");
        }

        /** Where the same page lies without what leads away from it after a second. */
        static String staying(String url, String language) {
            String target = url.substring(postern.address().length());
            String page = Wire.get(postern.port(), target, "Accept-Language: " + language)
                    .body();
            String logo = page.replaceFirst("(?s).*<img src=\"([^\"]+)\".*", "$1");
            return elsewhere
                            .page(logo, Wire.get(postern.port(), logo).body())
                            .page("/logo", page.replaceFirst("<meta http-equiv[^>]*>", ""))
                            .address()
                    + "/logo";
        }

        static String language(Browser browser) {
            return browser == browsers.get("de") ? "de" : "en";
        }

        static void useUpTries() {
            for (int i = 0; i < 40; i++) {
                String form = "user=" + Wire.encode(DAVE) + "&pass=surely-wrong";
                if (Wire.post(postern.port(), "/?_task=signin", form).status() == 429) {
                    return;
                }
            }
            throw new AssertionError("40 wrong passwords, and no end");
        }
    }

    @ParameterizedTest
    @EnumSource
    void page_inEnglish_isAccessibleAndFits(Page page) {
        look(page, "en");
    }

    @ParameterizedTest
    @EnumSource
    void page_inGerman_isAccessibleAndFits(Page page) {
        look(page, "de");
    }

    private static void look(Page page, String language) {
        Browser browser = browsers.get(language);
        browser.go(postern.address() + "/?_task=login").forgetEverything();
        browser.complaints();
        page.open(browser);
        assertThat(browser.has(page.sign)).as(browser.text()).isTrue();
        assertThat(browser.find("html").getDomAttribute("lang")).isEqualTo(language);

        new Look(browser, language).at(page.file());

        assertThat(browser.has(page.sign)).as("still the same page").isTrue();
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void axe_wouldFindSomething() {
        Browser browser = browsers.get("en");
        browser.go(elsewhere
                        .page("/bad", "<html><img src=x><p style='color:#ccc'>pale</p>")
                        .address() + "/bad");

        assertThat(new Look(browser, "en").violations().toString())
                .contains("image-alt", "html-has-lang", "color-contrast");
    }
}
