package org.postern.store;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import org.hibernate.annotations.Immutable;

/** A row of {@code domain}, for Hibernate's queries alone. */
@Entity
@Immutable
@Table(name = "domain")
@SuppressWarnings({"NullAway.Init", "UnusedVariable"})
class DomainRow {
    @Id
    private String name;

    private String company;

    protected DomainRow() {}
}
