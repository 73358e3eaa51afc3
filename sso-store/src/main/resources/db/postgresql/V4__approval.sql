-- approval: whose a token needs; waiting: it was not given yet, and the token is not over as far as anybody noted.
alter table login_token add column approval text collate "C" default 'none' not null;
alter table login_token add column approved_by text collate "C";
alter table login_token add column approved_at timestamptz;
alter table login_token add column waiting boolean default false not null;
create index login_token_waiting on login_token (domain, id) where waiting;

-- When an administrator's session is over unless it is used before; null where it may be idle.
alter table admin_session add column idle_at timestamptz;
