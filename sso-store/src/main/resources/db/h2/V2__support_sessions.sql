-- domain: the mailbox's, so that an administrator's domains can be looked through.
alter table login_token add column domain varchar;
update login_token set domain = substring(mailbox from locate('@', mailbox) + 1);
alter table login_token alter column domain set not null;
alter table login_token add column read_only boolean default false not null;
alter table login_token add column mail_uses integer default 0 not null;
create index login_token_domain on login_token (domain, id);

alter table token_session add column read_only boolean default false not null;

-- visited: the mailbox, where the row tells of a token's use at a mail server, which its owner is shown.
alter table audit_event add column visited varchar;
update audit_event set visited = mailbox
    where event = 'mail_login' and detail in ('imap', 'pop3', 'smtp') and token_id is not null;
create index audit_event_visited on audit_event (visited, id);
