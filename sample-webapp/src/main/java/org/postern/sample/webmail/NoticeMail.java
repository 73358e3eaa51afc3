package org.postern.sample.webmail;

import java.time.Clock;
import java.util.List;
import java.util.Locale;
import org.postern.core.Mailbox;
import org.postern.core.MailboxAddress;
import org.postern.core.Secret;
import org.postern.core.SessionLocale;
import org.postern.core.Visit;
import org.postern.core.spi.OwnerNotice;
import org.postern.sample.mail.Draft;
import org.postern.sample.mail.Letter;
import org.postern.sample.mail.MailException;
import org.postern.sample.mail.Outbox;
import org.postern.sample.mail.Outgoing;

/**
 * Tells the owner of a mailbox by mail, in his language, that somebody came with a token. Thread-safe.
 *
 * @param user who logs in at the submission server; empty where nobody need
 */
public record NoticeMail(
        Outbox outbox, MailboxAddress from, String user, Secret password, Templates templates, Clock clock)
        implements OwnerNotice {

    @Override
    public void opened(Mailbox mailbox, Visit visit) {
        Texts texts = templates.texts(mailbox.locale().orElse(SessionLocale.EN));
        String text = texts.get(
                "notice.text",
                mailbox.address(),
                visit.issuer(),
                texts.fully(visit.startedAt()),
                visit.reason().isEmpty() ? texts.get("notice.no-reason") : visit.reason(),
                visit.protocol().map(p -> p.name().toUpperCase(Locale.ROOT)).orElse("Webmail"));
        Draft notice =
                new Draft(mailbox.address().toString(), "", "", texts.get("notice.subject"), text, null, List.of());
        try {
            outbox.send(user, password, Outgoing.of(notice, from, "", clock.instant(), Letter.Origin.NONE, List.of()));
        } catch (MailException | Outgoing.BadAddressException fault) {
            throw new IllegalStateException("no notice was sent to " + mailbox.address(), fault);
        }
    }
}
