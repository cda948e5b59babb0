-- Signed statements that trails were removed since their time was over: of each key the newest, which covers those before.

CREATE TABLE audit_removals (
    key         TEXT PRIMARY KEY,
    -- The last job whose trail may be gone; ids grow with time.
    through_job TEXT NOT NULL,
    at          INTEGER NOT NULL,
    signature   TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TRIGGER removals_are_never_removed BEFORE DELETE ON audit_removals
BEGIN
    SELECT RAISE(ABORT, 'a removal is never taken back');
END;
CREATE TRIGGER removals_only_go_on BEFORE UPDATE ON audit_removals
WHEN NEW.key <> OLD.key OR NEW.through_job < OLD.through_job
BEGIN
    SELECT RAISE(ABORT, 'a removal is never taken back');
END;

-- Only what such a statement covers is ever removed.
DROP TRIGGER audit_events_are_never_removed;
CREATE TRIGGER audit_events_are_never_removed BEFORE DELETE ON audit_events
WHEN NOT EXISTS (SELECT 1 FROM audit_removals WHERE OLD.job_id <= through_job)
BEGIN
    SELECT RAISE(ABORT, 'audit events are never removed before their time');
END;
