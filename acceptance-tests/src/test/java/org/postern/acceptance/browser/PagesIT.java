package org.postern.acceptance.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.openqa.selenium.By;
import org.postern.acceptance.RunningPostern;
import org.postern.acceptance.Wire;

/**
 * Every page and state of both interfaces in two sizes, by day and by night: nothing that axe objects to, nothing that
 * runs out of the window to the right. Leaves pictures in {@code target/screenshots}. {@link NarrowIT} has the languages.
 */
class PagesIT {
    private static final String ALICE = "alice@acme.example";
    private static final String BOB = "bob@acme.example";
    private static final String DAVE = "dave@globex.example";
    private static final String POSTMASTER = "postmaster@acme.example";
    private static final String ZOE = "zoe@globex.example";

    private static RunningPostern postern;
    private static Browser browser;
    private static Desk mail;
    private static Desk company;
    private static Elsewhere elsewhere;

    @BeforeAll
    static void start() {
        postern = RunningPostern.demo().start();
        mail = Desk.of(postern, "mail@acme.example");
        company = Desk.of(postern, "company@acme.example");
        browser = Browser.open();
        elsewhere = Elsewhere.open()
                .page(
                        "/link",
                        "<html lang=en><title>x</title><a id=go href='" + postern.address() + "/?_task=logout'>x</a>");
        new MailProgram(postern, ALICE).fill("Trash", List.of("In the trash"));
    }

    @AfterAll
    static void stop() {
        browser.close();
        elsewhere.close();
        postern.close();
    }

    /** How to come to a page, and what shows that one is there. Those up to {@link #NOT_ALLOWED} have two faces. */
    private enum Page {
        MAIL("#messages") {
            @Override
            void open() {
                direct();
            }
        },
        LONG_LIST("nav.pages") {
            @Override
            void open() {
                new MailProgram(postern, DAVE).fill("Projects", Collections.nCopies(60, "A long list"));
                browser.signIn(postern.address(), DAVE, "demo-dave");
                task("mail&_folder=Projects&_said=none");
            }
        },
        NOTHING_FOUND("#listing .empty") {
            @Override
            void open() {
                direct();
                task("mail&_q=zzzz");
            }
        },
        FOUND("#messages") {
            @Override
            void open() {
                direct();
                task("mail&_q=carol");
            }
        },
        TRASH("#do-delete") {
            @Override
            void open() {
                direct();
                task("mail&_folder=Trash&_said=deleted");
                message("In the trash");
            }
        },
        HTML_MESSAGE("#message #hidden-pictures") {
            @Override
            void open() {
                direct();
                message("50 % off anvils");
            }
        },
        PICTURES("#message iframe[src*=_pictures]") {
            @Override
            void open() {
                direct();
                message("50 % off anvils");
                browser.click("#show-pictures");
                browser.awaitElement("#message iframe");
            }
        },
        PICTURE_INSIDE("#message iframe") {
            @Override
            void open() {
                direct();
                task("mail&_folder=Projects");
                message("Roof");
            }
        },
        ATTACHMENTS("#message .attachments") {
            @Override
            void open() {
                direct();
                message("Quarterly figures");
            }
        },
        PLAIN_MESSAGE("#message .plain") {
            @Override
            void open() {
                direct();
                message("Minutes of the annual");
            }
        },
        READ_ONLY("#support-read-only") {
            @Override
            void open() {
                browser.go(mail.issue(ALICE, "sso", "\"read_only\":true").url() + "&direct=1");
                message("Quarterly figures");
                browser.find(".limits summary").click();
            }
        },
        WRITE("#letter") {
            @Override
            void open() {
                direct();
                task("write");
            }
        },
        FORWARD("#letter [name=keep]") {
            @Override
            void open() {
                ATTACHMENTS.open();
                browser.click("#forward");
            }
        },
        WRITE_WRONG("#letter #error") {
            @Override
            void open() {
                direct();
                task("write");
                browser.find("#to").sendKeys("nonsense");
                browser.find("#send").click();
                browser.awaitElement("#error");
            }
        },
        WRITE_ENDED("#error, #kept") {
            @Override
            void open() {
                Desk.Issued issued = mail.issue(ALICE, "sso");
                browser.go(issued.url() + "&direct=1");
                task("write&to=" + BOB);
                mail.revoke(issued.id());
                browser.awaitEndOfSession(postern);
                browser.find("#send").click();
                browser.awaitElement("#error, #kept");
            }
        },
        VISITS("#visits") {
            @Override
            void open() {
                direct();
                task("visits");
            }
        },
        SETTINGS_BY_TOKEN("#no-password-change") {
            @Override
            void open() {
                direct();
                task("settings");
            }
        },
        SETTINGS_OF_THE_OWNER("#password-form") {
            @Override
            void open() {
                browser.signIn(postern.address(), ALICE, "demo-alice");
                task("settings");
            }
        },
        ADMIN("#mailboxes") {
            @Override
            void open() {
                browser.go(company.issue(POSTMASTER, "admin_only").url() + "&direct=1");
            }
        },
        MAILBOX("#suspend") {
            @Override
            void open() {
                ADMIN.open();
                task("admin&_user=bob%40acme.example");
            }
        },
        MAILBOX_SUSPENDED("#resume") {
            @Override
            void open() {
                ADMIN.open();
                task("admin&_user=suspended%40acme.example");
            }
        },
        MAILBOX_CHANGED("#done") {
            @Override
            void open() {
                MAILBOX.open();
                browser.click("button[value=language]");
            }
        },
        MAILBOX_WRONG("#error") {
            @Override
            void open() {
                MAILBOX.open();
                browser.find("#new").sendKeys("password1");
                browser.click("button[value=password]");
            }
        },
        OWN_MAILBOX("#own-password") {
            @Override
            void open() {
                ADMIN.open();
                task("admin&_user=postmaster%40acme.example");
            }
        },
        MAILBOX_READ_ONLY("#read-only") {
            @Override
            void open() {
                browser.go(company.issue(POSTMASTER, "sso_admin", "\"read_only\":true")
                                .url() + "&direct=1");
                task("admin&_user=bob%40acme.example");
            }
        },
        TOKENS("#tokens form") {
            @Override
            void open() {
                company.issue(ALICE, "normal");
                ADMIN.open();
                task("tokens");
            }
        },
        LOGOUT_QUESTION_OF_THE_OWNER("#logout-now") {
            @Override
            void open() {
                browser.signIn(postern.address(), ALICE, "demo-alice");
                task("logout");
            }
        },
        NO_SUCH_PAGE_IN_A_SESSION("#problem") {
            @Override
            void open() {
                direct();
                task("nowhere");
            }
        },
        NOT_ALLOWED("#problem") {
            @Override
            void open() {
                direct();
                task("admin");
            }
        },
        LOGIN("#login") {
            @Override
            void open() {
                browser.go(postern.address() + "/");
            }
        },
        WRONG_PASSWORD("#error") {
            @Override
            void open() {
                browser.signIn(postern.address(), ALICE, "surely-wrong");
            }
        },
        SESSION_ENDED("#ended") {
            @Override
            void open() {
                task("login&_ended");
            }
        },
        LOGO("main img + h1 + p + p a") {
            @Override
            void open() {
                browser.go(staying(mail.issue(ALICE, "sso").url()));
            }
        },
        CONFIRM("main form[method=post] button") {
            @Override
            void open() {
                browser.go(mail.issue(ALICE, "sso", "\"confirm\":true").url());
            }
        },
        KEYS("#shortcuts[open]") {
            @Override
            void open() {
                direct();
                browser.awaitElement("#keys");
                browser.await(d -> Boolean.TRUE.equals(browser.script("return typeof htmx !== 'undefined'")));
                browser.find("#keys").click();
            }
        },
        LOGOUT_QUESTION_BY_TOKEN("main form button") {
            @Override
            void open() {
                direct();
                browser.go(elsewhere.otherSite() + "/link").click("#go");
            }
        },
        LOGGED_OUT("#login") {
            @Override
            void open() {
                direct();
                browser.click("#logout");
            }
        },
        NO_SUCH_PAGE("#problem") {
            @Override
            void open() {
                browser.go(postern.address() + "/no/such/page");
            }
        },
        BAD_LINK("main h1 + p") {
            @Override
            void open() {
                browser.go(Desk.link(postern, ALICE, "x", "&pass=y"));
            }
        },
        TOO_MANY_BY_FORM("#problem") {
            @Override
            void open() {
                heldBack("#problem", () -> browser.signIn(postern.address(), ZOE, "surely-wrong"));
            }
        },
        TOO_MANY_BY_LINK("main h1 + p") {
            @Override
            void open() {
                heldBack(sign, () -> browser.go(Desk.link(postern, ZOE, "surely-wrong", "")));
            }
        };

        final String sign;

        Page(String sign) {
            this.sign = sign;
        }

        abstract void open();

        boolean hasTwoFaces() {
            return compareTo(NOT_ALLOWED) <= 0;
        }

        String file() {
            return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        }

        static void direct() {
            browser.go(mail.issue(ALICE, "sso").url() + "&direct=1");
        }

        static void task(String task) {
            browser.go(postern.address() + "/?_task=" + task);
        }

        static void message(String subject) {
            browser.leave(() ->
                    browser.driver().findElement(By.partialLinkText(subject)).click());
            browser.awaitElement("#message");
        }

        /** Where the same page lies without what leads away from it after a second. */
        static String staying(String url) {
            String target = url.substring(postern.address().length());
            String page = Wire.get(postern.port(), target).body();
            String logo = page.replaceFirst("(?s).*<img src=\"([^\"]+)\".*", "$1");
            return elsewhere
                            .page(logo, Wire.get(postern.port(), logo).body())
                            .page("/logo", page.replaceFirst("<meta http-equiv[^>]*>", ""))
                            .address()
                    + "/logo";
        }

        /** Tries until it is told to wait: each time it comes too late to be held back the next wait is twice as long. */
        static void heldBack(String sign, Runnable attempt) {
            for (int i = 0; i < 10; i++) {
                useUpTries();
                attempt.run();
                if (browser.has(sign)) {
                    return;
                }
            }
        }

        static void useUpTries() {
            for (int i = 0; i < 40; i++) {
                String form = "user=" + Wire.encode(ZOE) + "&pass=surely-wrong";
                if (Wire.post(postern.port(), "/?_task=signin", form).status() == 429) {
                    return;
                }
            }
            throw new AssertionError("40 wrong passwords, and no end");
        }
    }

    @ParameterizedTest
    @EnumSource
    void page_isAccessibleAndFits(Page page) {
        look(page, "standard");
    }

    private static Stream<Page> basicPages() {
        return Stream.of(Page.values()).filter(Page::hasTwoFaces);
    }

    @ParameterizedTest
    @MethodSource("basicPages")
    void page_ofTheBasicInterface_isAccessibleAndFits(Page page) {
        look(page, "basic");
    }

    private static void look(Page page, String face) {
        browser.go(postern.address() + "/?_task=login").forgetEverything();
        browser.go(postern.address() + "/?_interface=" + face);
        browser.complaints();
        page.open();
        assertThat(browser.has(page.sign)).as(browser.text()).isTrue();
        assertThat(browser.has("#to-basic") || browser.has("#to-standard"))
                .as("has two faces")
                .isEqualTo(browser.has("#logout"));
        assertThat(browser.has("#to-standard")).isEqualTo(browser.has("#logout") && face.equals("basic"));

        new Look(browser, face).at(page.file());

        assertThat(browser.has(page.sign)).as("still the same page").isTrue();
        assertThat(browser.complaints()).isEmpty();
        if (browser.has("#body iframe")) {
            assertThat(violationsInTheLetter()).as("in the letter").isEmpty();
        }
    }

    /** Asks axe about a letter's HTML as it was shown, on a page of its own: no script runs in its frame, not axe either. */
    private static List<?> violationsInTheLetter() {
        String html = browser.inLetter(() -> {
            String sheet = browser.find("link").getDomAttribute("href");
            return browser.source()
                    .replaceFirst(
                            "<link [^>]*>",
                            "<style>" + Wire.get(postern.port(), sheet).body() + "</style>");
        });
        browser.go(elsewhere.page("/letter", html).address() + "/letter");
        assertThat(browser.text()).isNotBlank();
        // Its language is its sender's secret, and what a page needs once, the page around it has.
        return new Look(browser, "letter")
                .violations("html-has-lang", "landmark-one-main", "page-has-heading-one", "region");
    }

    @Test
    void axe_wouldFindSomething() {
        browser.go(elsewhere
                        .page("/bad", "<html><img src=x><p style='color:#ccc'>pale</p>")
                        .address() + "/bad");

        assertThat(new Look(browser, "standard").violations().toString())
                .contains("image-alt", "html-has-lang", "color-contrast");
    }
}
