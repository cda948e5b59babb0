-- Accounts take turns: jobs are claimed by turn, and each further job of an account has a later one.

ALTER TABLE jobs ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;
CREATE INDEX jobs_by_turn ON jobs (state, turn, id, due_at) WHERE state IN ('queued', 'confirmed');

-- The turn of the account's newest job.
ALTER TABLE open_jobs_of_account ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;
CREATE INDEX newest_turn ON open_jobs_of_account (turn);
DROP TRIGGER a_new_job_is_open_in_its_account;
CREATE TRIGGER a_new_job_is_open_in_its_account AFTER INSERT ON jobs
BEGIN
    INSERT INTO open_jobs_of_account (account_id, count, turn) VALUES (NEW.account_id, 1, NEW.turn)
        ON CONFLICT (account_id) DO UPDATE SET count = count + 1, turn = NEW.turn;
END;
