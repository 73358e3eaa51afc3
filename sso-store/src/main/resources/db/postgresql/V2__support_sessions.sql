-- domain: the mailbox's, so that an administrator's domains can be looked through.
alter table login_token add column domain text collate "C";
update login_token set domain = split_part(mailbox, '@', 2);
alter table login_token alter column domain set not null;
alter table login_token add column read_only boolean not null default false;
alter table login_token add column mail_uses integer not null default 0;
create index login_token_domain on login_token (domain, id);

alter table token_session add column read_only boolean not null default false;

-- visited: the mailbox, where the row tells of a token's use at a mail server, which its owner is shown.
alter table audit_event add column visited text collate "C";
update audit_event set visited = mailbox
    where event = 'mail_login' and detail in ('imap', 'pop3', 'smtp') and token_id is not null;
create index audit_event_visited on audit_event (visited, id) where visited is not null;
