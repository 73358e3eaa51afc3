-- Domains newest first, with all that counts are made of: they are read from this index alone.
drop index audit_event_domain;
create index audit_event_domain on audit_event (domain, id)
    include (happened_at, event, session_type, administrator, detail, times);

-- For the audit trail's filters: the rows of one event, of one administrator, and of both.
create index audit_event_event on audit_event (event, domain, id);
create index audit_event_administrator on audit_event (administrator, event, id);

-- Texts within addresses and names. Without the extension, which every distribution packages with the server or beside
-- it, and which the owner of a database may add, the search reads all mailboxes instead.
do $$
begin
    create extension if not exists pg_trgm;
    create index mailbox_trigrams on mailbox using gin (address gin_trgm_ops, folded_name gin_trgm_ops);
exception
    -- not packaged (two codes, by version), not allowed, in a schema that is not ours
    when undefined_file or feature_not_supported or insufficient_privilege or undefined_object then
        raise notice 'no index for the search: %', sqlerrm;
end
$$;
