package org.postern.sample.webmail;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.postern.core.Administrator;
import org.postern.core.DomainName;
import org.postern.core.Mailbox;
import org.postern.core.Page;
import org.postern.core.Role;
import org.postern.core.service.Postern;

/** The admin tab: the mailboxes under this administrator's control. */
public final class AdminPage {
    private static final int PAGE = 50;
    private static final int MOST_CHARACTERS = 100;

    /**
     * A mailbox in the table.
     *
     * @param role an administrator's role, or empty
     */
    public record Row(String address, String name, String role, boolean suspended, String language) {}

    private final Postern postern;
    private final Templates templates;

    AdminPage(Postern postern, Templates templates) {
        this.postern = postern;
        this.templates = templates;
    }

    void show(HttpServletRequest request, HttpServletResponse response, Visitor visitor) throws IOException {
        Optional<Administrator> administrator = postern.backend().directory().administrator(visitor.mailbox());
        if (administrator.isEmpty()) {
            templates.problem(
                    request, response, Optional.of(visitor), HttpServletResponse.SC_FORBIDDEN, "problem.no-admin");
            return;
        }
        String query = SignIn.text(request.getParameter("_q")).strip();
        if (query.length() > MOST_CHARACTERS) {
            query = query.substring(0, MOST_CHARACTERS);
        }
        Optional<String> after =
                Optional.ofNullable(request.getParameter("_after")).filter(a -> !a.isEmpty());
        Page<Mailbox> page;
        try {
            page = postern.mailboxes().search(administrator.get(), query, PAGE, after);
        } catch (IllegalArgumentException noSuchPage) {
            templates.problem(request, response, Optional.of(visitor), HttpServletResponse.SC_BAD_REQUEST);
            return;
        }
        Frame frame = templates.frame(request, Optional.of(visitor), "admin.title", "admin");
        List<Row> rows = page.items().stream().map(m -> row(m, frame)).toList();
        String domains = String.join(
                ", ",
                postern.backend().directory().domainsOf(administrator.get()).stream()
                        .map(DomainName::toString)
                        .sorted()
                        .toList());
        templates.write(
                response,
                HttpServletResponse.SC_OK,
                "admin",
                frame,
                Map.of(
                        "rows", rows,
                        "query", query,
                        "next", page.next().orElse(""),
                        "role", frame.t("role." + administrator.get().role().apiName()),
                        "domains", domains));
    }

    private static Row row(Mailbox mailbox, Frame frame) {
        return new Row(
                mailbox.address().toString(),
                mailbox.name(),
                mailbox.role().map(Role::apiName).map(r -> frame.t("role." + r)).orElse(""),
                mailbox.suspended(),
                mailbox.locale().map(l -> l.languageTag()).orElse(""));
    }
}
