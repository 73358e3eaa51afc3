package org.postern.directory;

import java.util.Collection;
import java.util.Optional;
import org.postern.core.TokenKeys;
import org.postern.core.spi.AuditCheck;
import org.postern.core.spi.Backend;
import org.postern.core.spi.MailDirectory;
import org.postern.core.spi.TokenStore;

/** A backend with another directory. Whether it answers is asked of the store alone: without LDAP much goes on. */
record OperatorBackend(Backend store, OperatorDirectory operators) implements Backend {
    @Override
    public TokenStore tokens() {
        return store.tokens();
    }

    @Override
    public MailDirectory directory() {
        return operators;
    }

    @Override
    public TokenKeys keys() {
        return store.keys();
    }

    @Override
    public void refreshKeys() {
        store.refreshKeys();
    }

    @Override
    public void ping() {
        store.ping();
    }

    @Override
    public void sealAudit() {
        store.sealAudit();
    }

    @Override
    public Optional<AuditCheck> checkAudit(Collection<String> heads) {
        return store.checkAudit(heads);
    }

    @Override
    public void close() {
        operators.close();
        store.close();
    }
}
