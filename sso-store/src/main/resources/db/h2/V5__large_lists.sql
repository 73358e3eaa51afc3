-- For the audit trail's filters: the rows of one event, of one administrator, and of both.
create index audit_event_event on audit_event (event, domain, id);
create index audit_event_administrator on audit_event (administrator, event, id);
