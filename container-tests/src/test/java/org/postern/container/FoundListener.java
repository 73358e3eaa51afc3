package org.postern.container;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.postern.filter.WebmailSession;
import org.postern.filter.WebmailSessionListener;

/** A host's listener that nobody hands to the filter: it is named in {@code META-INF/services}. */
public final class FoundListener implements WebmailSessionListener {
    static final List<String> EVENTS = new CopyOnWriteArrayList<>();

    @Override
    public void opened(WebmailSession session) {
        EVENTS.add("opened " + session.id());
    }

    @Override
    public void closed(WebmailSession session, String why) {
        EVENTS.add("closed " + session.id() + ": " + why);
    }
}
