-- Fills a database of Postern: 2,000 domains of very different sizes with some :mailboxes mailboxes, and :rows rows of the
-- audit trail over the last 400 days. For psql, after the program has made its tables.
\set ON_ERROR_STOP on

insert into company select 'company ' || i from generate_series(1, 20) i on conflict do nothing;
insert into domain
    select 'd' || lpad(i::text, 4, '0') || '.' || (array['example', 'test', 'mail.example', 'post.example'])[1 + i % 4],
        'company ' || case when i % 4 <> 3 then 1 else 2 + i % 19 end
    from generate_series(1, 2000) i on conflict do nothing;

create temp table person as
    select d.name as domain, row_number() over (partition by d.name) as n,
        (array['Anna', 'Bernd', 'Carla', 'Dieter', 'Elena', 'Franz', 'Giorgos', 'Hanna', 'Igor', 'Jelena', 'Klaus', 'Lena',
            'Maria', 'Nikos', 'Olga', 'Paul', 'Quentin', 'Rosa', 'Stefan', 'Thekla', 'Ulrich', 'Vera', 'Walter', 'Xenia',
            'Yannis', 'Zoe'])[1 + (g * 7 + i) % 26] as first,
        (array['Müller', 'Papadopoulos', 'Schneider', 'Fischer', 'Weber', 'García', 'Wagner', 'Becker', 'Novák', 'Hoffmann',
            'Rossi', 'Koch', 'Richter', 'Klein', 'Wolf', 'Schröder', 'Neumann', 'Schwarz', 'Zimmermann', 'Braun', 'Krüger',
            'Hofmann', 'Hartmann', 'Lange', 'Øverland', 'Kowalski', 'Dubois', 'Andersen', 'Jansen', 'Ivanov'])
            [1 + (g * 13 + i * 3) % 30] as last
    from (select name, row_number() over (order by name) as i from domain where name ~ '^d[0-9]{4}[.]') d
        cross join lateral generate_series(1, greatest(1, (:mailboxes * 0.02334 / i ^ 0.63)::int)) g;
create temp table owner as
    select lower(first) || '.' || translate(lower(last), 'üáíøöä', 'uaiooa') || n || '@' || domain as address, domain,
        first || ' ' || last as name, row_number() over (order by md5(first || last || n || domain)) as k
    from person;
create unique index on owner (k);
analyze owner;
insert into account select address, 'no password', gen_random_uuid() from owner;
insert into mailbox select address, domain, name, lower(name), false, null from owner;

-- As the program makes them, for the weeks before it came.
do $$
declare
    week date;
    parts text;
begin
    for week in select generate_series(date_trunc('week', now() - interval '58 weeks'), now(), interval '7 days')::date loop
        parts := 'audit_event_' || to_char(week, 'YYYYMMDD');
        if to_regclass(parts) is null then
            execute format('create table %I (like audit_event including all)', parts);
            execute format('alter table audit_event attach partition %I for values from (%L) to (%L)', parts,
                week || ' 00:00:00+00', week + 7 || ' 00:00:00+00');
        end if;
    end loop;
end
$$;

-- Of 20 rows 6 are issued tokens, 6 redemptions, 4 logins of mail programs, 2 ended sessions, 1 is a refusal, and one is
-- something rarer. One administrator in 150 does most of it.
insert into audit_event (id, happened_at, event, domain, mailbox, administrator, token_id, session_type, reason,
        client_address, user_agent, detail, times, visited)
    select (lpad(to_hex((extract(epoch from t) * 1000)::bigint), 12, '0') || '7' || substr(md5(n::text), 1, 3) || '8'
            || substr(md5(n::text), 4, 15))::uuid,
        t, e, o.domain, o.address,
        case when e in ('issued', 'redeemed', 'revoked', 'session_ended', 'password_checked', 'issue_refused')
            then 'admin' || case when n % 10 < 6 then 1 else 1 + (n * 31) % 150 end || '@d0001.test' end,
        gen_random_uuid(), (array['normal', 'normal_admin', 'sso', 'sso', 'admin_only'])[1 + n % 5],
        'Ticket ' || n || ': customer cannot read his mail', '192.0.2.' || n % 250,
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36',
        case e when 'refused' then (array['login_url: unknown', 'login_url: expired', 'login_url: used'])[1 + n % 3]
            when 'mail_login' then (array['imap', 'smtp', 'pop3'])[1 + n % 3]
            when 'issue_refused' then 'mailbox role' else '' end,
        1, case when e = 'mail_login' then o.address end
    from (select n, now() - interval '400 days' + n * (interval '400 days' / :rows) as t,
            case when n % 20 < 6 then 'issued' when n % 20 < 12 then 'redeemed' when n % 20 < 16 then 'mail_login'
                when n % 20 < 18 then 'session_ended' when n % 20 = 18 then 'refused'
                when n % 500000 = 19 then 'mailbox_suspended'
                else (array['revoked', 'expired', 'issue_refused', 'password_checked', 'mailbox_locale_changed', 'expired',
                    'expired', 'expired', 'expired', 'expired'])[1 + n / 20 % 10] end as e,
            1 + (('x' || substr(md5(n::text), 1, 8))::bit(32)::bigint & 2147483647) % (select count(*) from owner) as k
        from generate_series(1::bigint, :rows) n) x
        join owner o using (k);
vacuum analyze;
