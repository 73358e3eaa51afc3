-- Addresses and names compare byte by byte, as in the program: the collation "C", whatever the database has.

create table company (
    name text collate "C" not null primary key
);

create table domain (
    name text collate "C" not null primary key,
    company text collate "C" not null references company
);
create index domain_company on domain (company);

-- One password for an address, whether it is a mailbox, an administrator or both.
create table account (
    address text collate "C" not null primary key,
    password text collate "C" not null,
    password_version uuid not null
);

-- folded_name: the name in lower case, as the program folds it, not the database.
create table mailbox (
    address text collate "C" not null primary key references account,
    domain text collate "C" not null references domain,
    name text collate "C" not null,
    folded_name text collate "C" not null,
    suspended boolean not null,
    locale text collate "C"
);
create index mailbox_domain on mailbox (domain, address);

create table administrator (
    address text collate "C" not null primary key references account,
    admin_role text collate "C" not null,
    company text collate "C" not null references company
);

create table administrator_domain (
    administrator text collate "C" not null references administrator on delete cascade,
    domain text collate "C" not null references domain,
    primary key (administrator, domain)
);

create table api_key (
    digest bytea not null primary key,
    administrator text collate "C" not null references administrator on delete cascade
);
create index api_key_administrator on api_key (administrator);

-- Partitioned by week of expiry, in UTC; the store makes the partitions and drops them. The default one takes
-- what comes while one is missing. A chosen value may have been a token before: the digest alone is not unique, the id is.
create table login_token (
    digest bytea not null,
    id uuid not null,
    mailbox text collate "C" not null,
    session_type text collate "C" not null,
    issuer text collate "C" not null,
    reason text collate "C" not null,
    locale text collate "C",
    confirm boolean not null,
    issued_at timestamptz not null,
    expires_at timestamptz not null,
    uses integer not null,
    last_used_at timestamptz,
    revoked_at timestamptz,
    expiry_noted boolean not null,
    primary key (digest, id, expires_at)
) partition by range (expires_at);
create table login_token_default partition of login_token default;
create unique index login_token_id on login_token (id, expires_at);
create index login_token_mailbox on login_token (mailbox, id);
create index login_token_expiry on login_token (expires_at) where not expiry_noted;

create table token_session (
    id uuid not null primary key,
    token_id uuid not null,
    credential bytea not null,
    mailbox text collate "C" not null,
    session_type text collate "C" not null,
    issuer text collate "C" not null,
    reason text collate "C" not null,
    locale text collate "C",
    started_at timestamptz not null,
    ends_at timestamptz not null,
    ended_at timestamptz,
    client_address text collate "C" not null,
    user_agent text collate "C" not null
);
create unique index token_session_credential on token_session (credential);
create index token_session_token on token_session (token_id);
create index token_session_mailbox on token_session (mailbox, id);
create index token_session_open on token_session (ends_at) where ended_at is null;
create index token_session_end on token_session using brin (ends_at);

create table admin_session (
    id uuid not null primary key,
    digest bytea not null,
    administrator text collate "C" not null,
    password_version text collate "C" not null,
    expires_at timestamptz not null
);
create index admin_session_digest on admin_session (digest);
create index admin_session_expiry on admin_session (expires_at);

-- Partitioned by week, like login_token.
create table audit_event (
    id uuid not null,
    happened_at timestamptz not null,
    event text collate "C" not null,
    domain text collate "C",
    mailbox text collate "C",
    administrator text collate "C",
    token_id uuid,
    session_type text collate "C",
    reason text collate "C" not null,
    client_address text collate "C" not null,
    user_agent text collate "C" not null,
    detail text collate "C" not null,
    times integer not null,
    primary key (id, happened_at)
) partition by range (happened_at);
create table audit_event_default partition of audit_event default;
create index audit_event_domain on audit_event (domain, id);
create index audit_event_mailbox on audit_event (mailbox, id);
