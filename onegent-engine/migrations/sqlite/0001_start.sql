-- Times are milliseconds since 1970-01-01 UTC; ids and hashes are text; JSON is text.

CREATE TABLE accounts (
    id         TEXT PRIMARY KEY,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE api_keys (
    id           TEXT PRIMARY KEY,
    account_id   TEXT NOT NULL REFERENCES accounts (id),
    hash         TEXT NOT NULL UNIQUE,
    name         TEXT NOT NULL,
    environment  TEXT NOT NULL CHECK (environment IN ('live', 'test')),
    scopes       TEXT NOT NULL,
    scenarios    TEXT NOT NULL,
    ending       TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER,
    revoked_at   INTEGER
) STRICT;
CREATE INDEX api_keys_of_account ON api_keys (account_id, id DESC);

CREATE TABLE sign_in_links (
    hash       TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    expires_at INTEGER NOT NULL,
    used_at    INTEGER
) STRICT;

CREATE TABLE sessions (
    id           TEXT PRIMARY KEY,
    account_id   TEXT NOT NULL REFERENCES accounts (id),
    hash         TEXT NOT NULL UNIQUE,
    signed_in_at INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    ended_at     INTEGER
) STRICT;

CREATE TABLE profiles (
    id         TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    guest      TEXT NOT NULL,
    is_default INTEGER NOT NULL CHECK (is_default IN (0, 1)),
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX profiles_of_account ON profiles (account_id, id);
CREATE UNIQUE INDEX one_default_profile ON profiles (account_id) WHERE is_default = 1;

CREATE TABLE jobs (
    id           TEXT PRIMARY KEY,
    account_id   TEXT NOT NULL REFERENCES accounts (id),
    environment  TEXT NOT NULL CHECK (environment IN ('live', 'test')),
    scenario     TEXT NOT NULL,
    request      TEXT NOT NULL,
    guest        TEXT,
    consent      TEXT NOT NULL,
    client       TEXT NOT NULL,
    -- The state machine's word, its whole state, and the word that everybody outside sees.
    state        TEXT NOT NULL,
    state_json   TEXT NOT NULL,
    status       TEXT NOT NULL,
    -- Grows with every change; a change names the version that it builds on.
    version      INTEGER NOT NULL,
    epoch        INTEGER NOT NULL,
    lease_until  INTEGER,
    worker       TEXT,
    due_at       INTEGER,
    attempt      INTEGER NOT NULL,
    failures     INTEGER NOT NULL,
    worked_ms    INTEGER NOT NULL,
    run_since    INTEGER,
    hold_id      TEXT,
    provider     TEXT,
    -- What the submit books, in the site's words.
    booking      TEXT,
    progress     TEXT,
    audit_seq    INTEGER NOT NULL,
    audit_hash   TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    completed_at INTEGER
) STRICT;
CREATE INDEX jobs_to_claim ON jobs (state, due_at, id) WHERE state IN ('queued', 'confirmed');
CREATE INDEX jobs_to_sweep ON jobs (due_at, id) WHERE state IN ('running', 'submitting', 'paused_payment', 'needs_person');
CREATE INDEX jobs_of_account ON jobs (account_id, id DESC);
CREATE INDEX jobs_of_provider ON jobs (provider, completed_at) WHERE completed_at IS NOT NULL;
CREATE INDEX jobs_to_redact ON jobs (completed_at) WHERE guest IS NOT NULL AND completed_at IS NOT NULL;

-- How many jobs are open, so that a create does not count them.
CREATE TABLE open_jobs (
    one   INTEGER PRIMARY KEY CHECK (one = 1),
    count INTEGER NOT NULL
) STRICT;
INSERT INTO open_jobs (one, count) VALUES (1, 0);
CREATE TRIGGER a_new_job_is_open AFTER INSERT ON jobs
BEGIN
    UPDATE open_jobs SET count = count + 1;
END;
CREATE TRIGGER a_completed_job_is_not_open AFTER UPDATE OF completed_at ON jobs
WHEN OLD.completed_at IS NULL AND NEW.completed_at IS NOT NULL
BEGIN
    UPDATE open_jobs SET count = count - 1;
END;

CREATE TABLE idempotency (
    account_id  TEXT NOT NULL REFERENCES accounts (id),
    environment TEXT NOT NULL,
    key         TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    job_id      TEXT NOT NULL REFERENCES jobs (id),
    PRIMARY KEY (account_id, environment, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit_events (
    job_id    TEXT NOT NULL REFERENCES jobs (id),
    seq       INTEGER NOT NULL,
    ts        INTEGER NOT NULL,
    level     TEXT NOT NULL,
    type      TEXT NOT NULL,
    message   TEXT NOT NULL,
    data      TEXT NOT NULL,
    hash      TEXT NOT NULL,
    prev_hash TEXT NOT NULL,
    PRIMARY KEY (job_id, seq)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER audit_events_are_never_changed BEFORE UPDATE ON audit_events
BEGIN
    SELECT RAISE(ABORT, 'audit events are never changed');
END;
CREATE TRIGGER audit_events_are_never_removed BEFORE DELETE ON audit_events
BEGIN
    SELECT RAISE(ABORT, 'audit events are never removed');
END;

CREATE TABLE holds (
    id           TEXT PRIMARY KEY,
    job_id       TEXT NOT NULL REFERENCES jobs (id),
    charge       TEXT NOT NULL,
    hash         TEXT NOT NULL,
    status       TEXT NOT NULL CHECK (status IN ('open', 'confirmed', 'declined', 'void', 'expired', 'redeemed')),
    expires_at   INTEGER NOT NULL,
    replaces     TEXT REFERENCES holds (id),
    page_url     TEXT,
    page_text    TEXT,
    created_at   INTEGER NOT NULL,
    confirmed_by TEXT REFERENCES sessions (id),
    confirmed_at INTEGER,
    redeemed_at  INTEGER,
    CHECK (status NOT IN ('confirmed', 'redeemed') OR confirmed_by IS NOT NULL)
) STRICT;
CREATE INDEX holds_of_job ON holds (job_id);
-- At most one hold of a job waits or is confirmed at a time.
CREATE UNIQUE INDEX one_live_hold ON holds (job_id) WHERE status IN ('open', 'confirmed');

-- The write-ahead record of a submit. The primary key is the promise: one per job, ever.
CREATE TABLE submissions (
    job_id      TEXT PRIMARY KEY REFERENCES jobs (id),
    permit_id   TEXT NOT NULL UNIQUE,
    kind        TEXT NOT NULL CHECK (kind IN ('reserve', 'charge')),
    provider    TEXT NOT NULL,
    hold_id     TEXT UNIQUE REFERENCES holds (id),
    charge_hash TEXT,
    epoch       INTEGER NOT NULL,
    deadline    INTEGER NOT NULL,
    started_at  INTEGER NOT NULL,
    finished_at INTEGER,
    outcome     TEXT,
    page_url    TEXT,
    page_text   TEXT,
    CHECK ((kind = 'charge') = (hold_id IS NOT NULL AND charge_hash IS NOT NULL))
) STRICT;
CREATE TRIGGER submissions_are_never_removed BEFORE DELETE ON submissions
BEGIN
    SELECT RAISE(ABORT, 'a submission is never removed');
END;
CREATE TRIGGER submissions_keep_what_they_permit
BEFORE UPDATE OF job_id, permit_id, kind, provider, hold_id, charge_hash, epoch, deadline, started_at ON submissions
BEGIN
    SELECT RAISE(ABORT, 'what a submission permits is never changed');
END;
