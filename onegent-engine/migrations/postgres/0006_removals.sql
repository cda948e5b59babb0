-- Signed statements that trails were removed since their time was over: of each key the newest, which covers those before.

CREATE TABLE audit_removals (
    key         TEXT COLLATE "C" PRIMARY KEY,
    -- The last job whose trail may be gone; ids grow with time.
    through_job TEXT COLLATE "C" NOT NULL,
    at          BIGINT NOT NULL,
    signature   TEXT NOT NULL
);
CREATE TRIGGER removals_are_never_removed BEFORE DELETE ON audit_removals
FOR EACH ROW EXECUTE FUNCTION refuse('a removal is never taken back');
CREATE TRIGGER removals_are_never_emptied BEFORE TRUNCATE ON audit_removals
EXECUTE FUNCTION refuse('a removal is never taken back');
CREATE TRIGGER removals_only_go_on BEFORE UPDATE ON audit_removals
FOR EACH ROW WHEN (NEW.key <> OLD.key OR NEW.through_job < OLD.through_job)
EXECUTE FUNCTION refuse('a removal is never taken back');

-- Only what such a statement covers is ever removed.
CREATE FUNCTION refuse_before_its_time() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM audit_removals WHERE OLD.job_id <= through_job) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'audit events are never removed before their time' USING ERRCODE = 'integrity_constraint_violation';
END $$;
DROP TRIGGER audit_events_are_never_removed ON audit_events;
CREATE TRIGGER audit_events_are_never_removed BEFORE DELETE ON audit_events
FOR EACH ROW EXECUTE FUNCTION refuse_before_its_time();
