package org.postern.rest.diagnosis;

import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.postern.core.Secret;
import org.postern.core.settings.Settings;

/**
 * Admits diagnoses: one of a mailbox and a few of a node at a time. What is tried comes from the settings alone.
 * Thread-safe.
 */
public final class Diagnoses {
    private static final int MOST = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Settings.Diagnose settings;
    private final String webmail;
    private final @Nullable Trust given;
    private final Predicate<InetAddress> here;
    private final Set<String> mailboxes = ConcurrentHashMap.newKeySet();
    private volatile @Nullable Trust trust;

    /** @param webmail the webmail's address as browsers see it */
    public Diagnoses(Settings.Diagnose settings, String webmail) {
        this(settings, webmail, null, InetAddress::isLoopbackAddress);
    }

    Diagnoses(Settings.Diagnose settings, String webmail, @Nullable Trust given, Predicate<InetAddress> here) {
        this.settings = settings;
        this.webmail = webmail;
        this.given = given;
        this.here = here;
    }

    /** How long one may take. */
    public Duration limit() {
        return settings.limit();
    }

    /** A place for a diagnosis of this mailbox; empty where it has one already, or the node has too many. */
    public Optional<Place> enter(String mailbox) {
        synchronized (mailboxes) {
            return mailboxes.size() < MOST && mailboxes.add(mailbox)
                    ? Optional.of(new Place(mailbox))
                    : Optional.empty();
        }
    }

    /** The right to one diagnosis. It is free again when the diagnosis has ended, or none was started. */
    public final class Place implements AutoCloseable {
        private final String mailbox;
        private final AtomicBoolean started = new AtomicBoolean();

        private Place(String mailbox) {
            this.mailbox = mailbox;
        }

        /**
         * Starts it.
         *
         * @param readOnly whether mail servers would refuse the token, and so are not asked
         */
        public Diagnosis start(Secret token, boolean readOnly) {
            // A tenth is for the token and the answer, so that the whole stays within the limit.
            Duration limit = settings.limit().multipliedBy(9).dividedBy(10);
            Duration patience = limit.dividedBy(2).compareTo(PATIENCE) < 0 ? limit.dividedBy(2) : PATIENCE;
            Attempt attempt = new Attempt(mailbox, token, new Lifeline(limit, patience), trust(), here);
            Map<Service, Optional<Probe>> probes = new EnumMap<>(Service.class);
            Map<Service, String> servers = new EnumMap<>(Service.class);
            add(Service.IMAP, settings.imap(), uri -> new ImapProbe(Target.of(uri)), probes, servers);
            add(Service.POP3, settings.pop3(), uri -> new Pop3Probe(Target.of(uri)), probes, servers);
            add(Service.SMTP, settings.smtp(), uri -> new SmtpProbe(Target.of(uri)), probes, servers);
            if (readOnly) {
                Probe none = (mail, trace) -> {
                    throw new Halt(Verdict.READ_ONLY);
                };
                probes.replaceAll((service, probe) -> probe.map(p -> none));
            }
            Optional<URI> pages = settings.webmail().or(() -> Optional.of(URI.create(webmail)));
            add(Service.WEBMAIL, pages, WebmailProbe::new, probes, servers);
            started.set(true);
            return new Diagnosis(attempt, probes, servers, this::free);
        }

        private static void add(
                Service service,
                Optional<URI> uri,
                Function<URI, Probe> probe,
                Map<Service, Optional<Probe>> probes,
                Map<Service, String> servers) {
            probes.put(service, uri.map(probe));
            uri.ifPresent(u -> servers.put(service, u.toString()));
        }

        private void free() {
            mailboxes.remove(mailbox);
        }

        @Override
        public void close() {
            if (!started.get()) {
                free();
            }
        }
    }

    /** Read when it is first needed: it takes a while. */
    private Trust trust() {
        Trust known = given == null ? trust : given;
        if (known == null) {
            known = new Trust(null);
            trust = known;
        }
        return known;
    }
}
