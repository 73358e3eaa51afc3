-- approval: whose a token needs; waiting: it was not given yet, and the token is not over as far as anybody noted.
alter table login_token add column approval varchar default 'none' not null;
alter table login_token add column approved_by varchar;
alter table login_token add column approved_at timestamp(6) with time zone;
alter table login_token add column waiting boolean default false not null;
create index login_token_waiting on login_token (waiting, domain, id);

-- When an administrator's session is over unless it is used before; null where it may be idle.
alter table admin_session add column idle_at timestamp(6) with time zone;
