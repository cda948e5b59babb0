-- Signed statements of how far a job's audit chain has come, chained among themselves, one sequence for each key.
CREATE TABLE audit_checkpoints (
    key       TEXT NOT NULL,
    number    INTEGER NOT NULL,
    ts        INTEGER NOT NULL,
    job_id    TEXT NOT NULL REFERENCES jobs (id),
    seq       INTEGER NOT NULL,
    hash      TEXT NOT NULL,
    prev      TEXT NOT NULL,
    signature TEXT NOT NULL,
    PRIMARY KEY (key, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX checkpoints_of_job ON audit_checkpoints (job_id, seq);
CREATE TRIGGER checkpoints_are_never_changed BEFORE UPDATE ON audit_checkpoints
BEGIN
    SELECT RAISE(ABORT, 'checkpoints are never changed');
END;
CREATE TRIGGER checkpoints_are_never_removed BEFORE DELETE ON audit_checkpoints
BEGIN
    SELECT RAISE(ABORT, 'checkpoints are never removed');
END;
