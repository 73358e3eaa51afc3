package org.postern.acceptance.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.openqa.selenium.Keys;
import org.postern.acceptance.RunningPostern;

/** The demo's console in a browser, as an administrator of Acme uses it. */
record Console(RunningPostern postern, Browser browser) {
    /** Signs in as the administrator of this role, whoever was signed in before. */
    Console signIn(String role) {
        return signInAs(role + "@acme.example");
    }

    Console signInAs(String address) {
        browser.go(postern.address() + "/console/").forgetEverything();
        browser.go("about:blank").go(postern.address() + "/console/");
        browser.awaitElement("#user").sendKeys(address);
        browser.find("#password").sendKeys("demo-" + address.replaceFirst("@.*", ""), Keys.ENTER);
        browser.awaitElement("#mailboxes a");
        return this;
    }

    /** The overview, with its numbers. */
    Console overview() {
        browser.go(postern.address() + "/console/#/overview");
        browser.awaitElement(".figures");
        return this;
    }

    Console open(String mailbox) {
        browser.go(postern.address() + "/console/#/mailbox/" + mailbox.replace("@", "%40"));
        browser.see("h1", mailbox);
        browser.awaitElement("#tools");
        return this;
    }

    /** Issues a token, and leaves its value on the page. */
    String generate(String type, String reason) {
        browser.find("[name=type][value=" + type + "]").click();
        browser.find("#reason").sendKeys(reason);
        browser.find("#generate-token").click();
        browser.awaitElement("#given");
        return browser.find("#token-value").getText();
    }

    /** The status with which the API answers this page's own session, and the header's value where it is not empty. */
    long status(String method, String path, String body, String csrf) {
        Object status = browser.driver()
                .executeAsyncScript(
                        "const [method, path, body, csrf, done] = arguments;"
                                + "const headers = {'Content-Type': 'application/json'};"
                                + "if (csrf) headers['X-CSRF-Token'] = csrf;"
                                + "fetch('/sso/v1/' + path, {method, headers, body: body || undefined})"
                                + ".then(r => done(r.status), e => done(-1));",
                        method,
                        path,
                        body,
                        csrf);
        assertThat(status).isInstanceOf(Long.class);
        return (Long) status;
    }

    /** The value that the console sends with each change. */
    String csrf() {
        Object session = browser.driver()
                .executeAsyncScript(
                        "const done = arguments[0]; fetch('/sso/v1/session').then(r => r.json()).then(done);");
        return String.valueOf(((Map<?, ?>) session).get("csrf"));
    }
}
