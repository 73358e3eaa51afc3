package org.postern.store;

import java.nio.file.Files;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.postern.core.UnavailableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far the chains that this folder's processes wrote were sealed, in its file {@code audit.heads}: so that whoever can
 * write the database, and no more, cannot take an end or all of the trail away unnoticed. Nothing is kept where there is
 * no data folder. Thread-safe.
 */
final class TrailHeads {
    static final String NAME = "audit.heads";
    private static final Logger LOG = LoggerFactory.getLogger(TrailHeads.class);

    private final DataFolder folder;
    private final PrivateFile file;
    private final Set<Long> own = ConcurrentHashMap.newKeySet();
    /** Told once, and tried again with the next seal. */
    private volatile boolean faulty;

    TrailHeads(DataFolder folder) {
        this.folder = folder;
        this.file = new PrivateFile(folder, NAME);
    }

    /**
     * The heads as they are kept.
     *
     * @throws UnavailableException where the file cannot be read, or is not as this class wrote it
     */
    Collection<TrailHead> kept() {
        return byChain().values();
    }

    private Map<Long, TrailHead> byChain() {
        Map<Long, TrailHead> heads = new TreeMap<>();
        for (String line : file.lines().orElse(List.of())) {
            try {
                TrailHead head = TrailHead.parse(line);
                heads.put(head.chain(), head);
            } catch (IllegalArgumentException malformed) {
                throw new UnavailableException("the file " + file.path() + " is malformed: remove it", malformed);
            }
        }
        return heads;
    }

    /** This process has begun a chain. One that was there before, or a later one, is not in the database any more. */
    void begun(long chain) {
        try {
            if (kept().stream().anyMatch(head -> head.chain() >= chain)) {
                LOG.error(
                        "The database holds less of the audit trail than {} says. If it is a backup or a new database, move"
                                + " that file away; if not, somebody cut the trail: run audit verify",
                        file.path());
            } else {
                own.add(chain);
            }
        } catch (UnavailableException e) {
            LOG.error("The heads of the audit trail are not kept: {}", e.getMessage());
        }
    }

    /** A chain that this process began has got as far as this. */
    void keep(TrailHead head) {
        if (!own.contains(head.chain()) || !Files.isDirectory(folder.path())) {
            return;
        }
        try {
            file.locked(() -> {
                Map<Long, TrailHead> heads = byChain();
                heads.put(head.chain(), head);
                StringBuilder text = new StringBuilder();
                heads.values().forEach(each -> text.append(each).append('\n'));
                file.replace(text.toString());
                return heads;
            });
            faulty = false;
        } catch (UnavailableException e) {
            if (!faulty) {
                LOG.error("The heads of the audit trail are not kept: {}", e.getMessage());
            }
            faulty = true;
        }
    }
}
