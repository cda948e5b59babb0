-- People of accounts, how they sign in, the security log, and quotas.

ALTER TABLE accounts ADD COLUMN name TEXT;
ALTER TABLE accounts ADD COLUMN confirm_needs_code INTEGER NOT NULL DEFAULT 0 CHECK (confirm_needs_code IN (0, 1));
ALTER TABLE accounts ADD COLUMN erased_at INTEGER;

CREATE TABLE people (
    id           TEXT PRIMARY KEY,
    account_id   TEXT NOT NULL REFERENCES accounts (id),
    role         TEXT NOT NULL CHECK (role IN ('owner', 'member')),
    -- In lower case, since it is what somebody signs in by.
    email        TEXT UNIQUE,
    password     TEXT,
    -- The authenticator's secret, sealed; since when it counts; the newest time step whose code was used.
    code_secret  TEXT,
    code_since   INTEGER,
    code_step    INTEGER,
    created_at   INTEGER NOT NULL,
    removed_at   INTEGER
) STRICT;
CREATE INDEX people_of_account ON people (account_id, id);
-- An account that was there has one person, its owner, under the same digits.
INSERT INTO people (id, account_id, role, created_at)
    SELECT 'person_' || substr(id, 5), id, 'owner', created_at FROM accounts;

CREATE TABLE identities (
    issuer     TEXT NOT NULL,
    subject    TEXT NOT NULL,
    person_id  TEXT NOT NULL REFERENCES people (id),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (issuer, subject)
) STRICT;

CREATE TABLE recovery_codes (
    person_id TEXT NOT NULL REFERENCES people (id),
    hash      TEXT NOT NULL,
    PRIMARY KEY (person_id, hash)
) STRICT;

CREATE TABLE invitations (
    hash       TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    role       TEXT NOT NULL CHECK (role IN ('owner', 'member')),
    expires_at INTEGER NOT NULL,
    used_at    INTEGER
) STRICT;

ALTER TABLE sign_in_links ADD COLUMN person_id TEXT REFERENCES people (id);
UPDATE sign_in_links SET person_id = 'person_' || substr(account_id, 5);

ALTER TABLE sessions ADD COLUMN person_id TEXT REFERENCES people (id);
ALTER TABLE sessions ADD COLUMN method TEXT NOT NULL DEFAULT 'link';
ALTER TABLE sessions ADD COLUMN agent TEXT;
-- When a code of the second factor was last given in it.
ALTER TABLE sessions ADD COLUMN proven_at INTEGER;
UPDATE sessions SET person_id = 'person_' || substr(account_id, 5);
CREATE INDEX sessions_of_person ON sessions (person_id, id);

ALTER TABLE api_keys ADD COLUMN person_id TEXT REFERENCES people (id);
ALTER TABLE api_keys ADD COLUMN expires_at INTEGER;
UPDATE api_keys SET person_id = 'person_' || substr(account_id, 5);

-- Whose key or app made the job: whose charge it is to confirm.
ALTER TABLE jobs ADD COLUMN person_id TEXT REFERENCES people (id);
UPDATE jobs SET person_id = 'person_' || substr(account_id, 5);

-- Who said yes to the app: whose charges its jobs' are to confirm.
ALTER TABLE oauth_codes ADD COLUMN person_id TEXT REFERENCES people (id);
UPDATE oauth_codes SET person_id = 'person_' || substr(account_id, 5);
ALTER TABLE oauth_grants ADD COLUMN person_id TEXT REFERENCES people (id);
UPDATE oauth_grants SET person_id = 'person_' || substr(account_id, 5);

-- Guests are sealed from here on. What stands in plain text is forgotten; nobody can seal it in here.
DELETE FROM profiles;
UPDATE jobs SET guest = NULL;

CREATE TABLE security_events (
    id         TEXT PRIMARY KEY,
    at         INTEGER NOT NULL,
    kind       TEXT NOT NULL,
    account_id TEXT REFERENCES accounts (id),
    person_id  TEXT REFERENCES people (id),
    address    TEXT,
    subject    TEXT
) STRICT;
CREATE INDEX security_events_of_account ON security_events (account_id, id);
CREATE INDEX security_events_to_forget ON security_events (at);

-- How many jobs each account has open, so that a create does not count them.
CREATE TABLE open_jobs_of_account (
    account_id TEXT PRIMARY KEY REFERENCES accounts (id),
    count      INTEGER NOT NULL
) STRICT;
INSERT INTO open_jobs_of_account (account_id, count)
    SELECT account_id, count(*) FROM jobs WHERE completed_at IS NULL GROUP BY account_id;
CREATE TRIGGER a_new_job_is_open_in_its_account AFTER INSERT ON jobs
BEGIN
    INSERT INTO open_jobs_of_account (account_id, count) VALUES (NEW.account_id, 1)
        ON CONFLICT (account_id) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER a_completed_job_is_not_open_in_its_account AFTER UPDATE OF completed_at ON jobs
WHEN OLD.completed_at IS NULL AND NEW.completed_at IS NOT NULL
BEGIN
    UPDATE open_jobs_of_account SET count = count - 1 WHERE account_id = NEW.account_id;
END;

-- How many jobs each account made on each day since 1970-01-01, UTC.
CREATE TABLE jobs_a_day (
    account_id TEXT NOT NULL REFERENCES accounts (id),
    day        INTEGER NOT NULL,
    count      INTEGER NOT NULL,
    PRIMARY KEY (account_id, day)
) STRICT;
