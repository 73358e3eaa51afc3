-- The chain of each row, its number there, and the keyed hash over both and the row; null in rows from before.
alter table audit_event add column chain bigint;
alter table audit_event add column chain_number bigint;
alter table audit_event add column chain_hash bytea;
create index audit_event_chain on audit_event (chain, chain_number);

-- One for each process that wrote rows, numbered from 1 without a gap.
create table audit_chain (
    chain bigint not null primary key,
    nonce bytea not null,
    opened_at timestamptz not null,
    heads bytea not null,
    unsealed bigint not null,
    hash bytea not null,
    finished boolean not null
);

-- What a process vouches for: which numbers of its chain have rows.
create table audit_seal (
    chain bigint not null,
    first_number bigint not null,
    last_number bigint not null,
    missing bytea not null,
    earliest timestamptz not null,
    latest timestamptz not null,
    rows_hash bytea not null,
    previous bytea not null,
    hash bytea not null,
    primary key (chain, first_number)
);
create index audit_seal_end on audit_seal (chain, last_number);

-- Up to where a chain was purged, so that what is too old is not taken for removed.
create table audit_purge (
    chain bigint not null primary key,
    purged_before timestamptz not null,
    last_number bigint not null,
    link bytea not null,
    hash bytea not null
);
