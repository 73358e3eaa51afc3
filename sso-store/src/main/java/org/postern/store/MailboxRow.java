package org.postern.store;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.SecondaryTable;
import jakarta.persistence.Table;
import java.util.Optional;
import org.hibernate.annotations.Immutable;
import org.jspecify.annotations.Nullable;
import org.postern.core.Mailbox;
import org.postern.core.MailboxAddress;
import org.postern.core.Role;
import org.postern.core.SessionLocale;

/** A row of {@code mailbox} for Hibernate, with the role that its address has. Filled by it alone. */
@Entity
@Immutable
@Table(name = "mailbox")
@SecondaryTable(name = "administrator")
@SuppressWarnings("NullAway.Init")
class MailboxRow {
    @Id
    private String address;

    @SuppressWarnings("UnusedVariable") // read by queries alone
    private String domain;

    private String name;

    @Column(name = "folded_name")
    private String foldedName;

    private boolean suspended;
    private @Nullable String locale;

    @Column(name = "admin_role", table = "administrator")
    private @Nullable String role;

    protected MailboxRow() {}

    Mailbox mailbox() {
        return new Mailbox(
                Row.parsed(MailboxAddress::parse, address),
                name,
                Optional.ofNullable(role).map(r -> Row.parsed(Role::parse, r)),
                suspended,
                Optional.ofNullable(locale).map(l -> Row.parsed(SessionLocale::parse, l)));
    }
}
