create table company (
    name varchar not null primary key
);

create table domain (
    name varchar not null primary key,
    company varchar not null references company
);
create index domain_company on domain (company);

-- One password for an address, whether it is a mailbox, an administrator or both.
create table account (
    address varchar not null primary key,
    password varchar not null,
    password_version uuid not null
);

-- folded_name: the name in lower case, as the program folds it, not the database.
create table mailbox (
    address varchar not null primary key references account,
    domain varchar not null references domain,
    name varchar not null,
    folded_name varchar not null,
    suspended boolean not null,
    locale varchar
);
create index mailbox_domain on mailbox (domain, address);

create table administrator (
    address varchar not null primary key references account,
    admin_role varchar not null,
    company varchar not null references company
);

create table administrator_domain (
    administrator varchar not null references administrator on delete cascade,
    domain varchar not null references domain,
    primary key (administrator, domain)
);

create table api_key (
    digest binary(32) not null primary key,
    administrator varchar not null references administrator on delete cascade
);
create index api_key_administrator on api_key (administrator);

-- A chosen value may have been a token before: the digest alone is not unique, the id is.
create table login_token (
    digest binary(32) not null,
    id uuid not null,
    mailbox varchar not null,
    session_type varchar not null,
    issuer varchar not null,
    reason varchar not null,
    locale varchar,
    confirm boolean not null,
    issued_at timestamp(6) with time zone not null,
    expires_at timestamp(6) with time zone not null,
    uses integer not null,
    last_used_at timestamp(6) with time zone,
    revoked_at timestamp(6) with time zone,
    expiry_noted boolean not null,
    primary key (digest, id)
);
create unique index login_token_id on login_token (id);
create index login_token_mailbox on login_token (mailbox, id);
create index login_token_expiry on login_token (expiry_noted, expires_at);

create table token_session (
    id uuid not null primary key,
    token_id uuid not null,
    credential binary(32) not null,
    mailbox varchar not null,
    session_type varchar not null,
    issuer varchar not null,
    reason varchar not null,
    locale varchar,
    started_at timestamp(6) with time zone not null,
    ends_at timestamp(6) with time zone not null,
    ended_at timestamp(6) with time zone,
    client_address varchar not null,
    user_agent varchar not null
);
create unique index token_session_credential on token_session (credential);
create index token_session_token on token_session (token_id);
create index token_session_mailbox on token_session (mailbox, id);
create index token_session_open on token_session (ended_at, ends_at);
create index token_session_end on token_session (ends_at);

create table admin_session (
    id uuid not null primary key,
    digest binary(32) not null,
    administrator varchar not null,
    password_version varchar not null,
    expires_at timestamp(6) with time zone not null
);
create index admin_session_digest on admin_session (digest);
create index admin_session_expiry on admin_session (expires_at);

create table audit_event (
    id uuid not null,
    happened_at timestamp(6) with time zone not null,
    event varchar not null,
    domain varchar,
    mailbox varchar,
    administrator varchar,
    token_id uuid,
    session_type varchar,
    reason varchar not null,
    client_address varchar not null,
    user_agent varchar not null,
    detail varchar not null,
    times integer not null,
    primary key (id)
);
create index audit_event_domain on audit_event (domain, id);
create index audit_event_time on audit_event (happened_at);
create index audit_event_mailbox on audit_event (mailbox, id);

-- Rows to lock, by whoever keeps a value that somebody chose: PostgreSQL has advisory locks for it.
create table chosen_value_lock (
    slot integer not null primary key
);
insert into chosen_value_lock select x from system_range(0, 63);
