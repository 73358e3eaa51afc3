package org.postern.sample.webmail;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.postern.core.Client;
import org.postern.core.LoginToken;
import org.postern.core.MailboxAddress;
import org.postern.core.Page;
import org.postern.core.service.Approvals;
import org.postern.core.service.Postern;

/** Who asks to open my mailbox: the owner allows or refuses each. What he sees and decides is his mailbox's alone. */
record ConsentPage(Postern postern) {
    private static final int PAGE = 50;

    void show(Exchange exchange) throws IOException {
        MailboxAddress owner = exchange.visitor().mailbox();
        Optional<Page<LoginToken>> page =
                exchange.listed(after -> postern.approvals().awaiting(owner, PAGE, after));
        if (page.isPresent()) {
            String company =
                    postern.backend().directory().companyOf(owner.domain()).orElse("");
            boolean readOnly = postern.settings().companies().stream()
                    .anyMatch(c -> c.readOnly() && c.name().equals(company));
            String said = exchange.param("_said");
            Map<String, Object> model =
                    exchange.said("", said.matches("allowed|refused|gone") ? "requests.said." + said : "");
            model.put("requests", page.get().items());
            model.put("next", page.get().next().orElse(""));
            model.put("company", company);
            model.put("readOnly", readOnly);
            model.put("session", postern.settings().session().maxLife());
            exchange.page("requests", "requests", model);
        }
    }

    void decide(Exchange exchange) throws IOException {
        MailboxAddress owner = exchange.visitor().mailbox();
        Client client = exchange.client(postern.settings());
        Approvals approvals = postern.approvals();
        boolean allow = exchange.param("_do").equals("allow");
        if (!allow && !exchange.param("_do").equals("refuse")) {
            exchange.problem(HttpServletResponse.SC_BAD_REQUEST);
            return;
        }
        boolean decided = exchange.token()
                .filter(id -> allow ? approvals.grant(owner, id, client) : approvals.refuse(owner, id, client))
                .isPresent();
        exchange.redirect("/?_task=requests&_said=" + (!decided ? "gone" : allow ? "allowed" : "refused"));
    }
}
