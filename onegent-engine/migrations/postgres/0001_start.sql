-- Times are milliseconds since 1970-01-01 UTC; ids and hashes are text, compared byte by byte; JSON is text.

CREATE TABLE accounts (
    id                 TEXT COLLATE "C" PRIMARY KEY,
    name               TEXT,
    confirm_needs_code BIGINT NOT NULL DEFAULT 0 CHECK (confirm_needs_code IN (0, 1)),
    created_at         BIGINT NOT NULL,
    erased_at          BIGINT
);

CREATE TABLE people (
    id          TEXT COLLATE "C" PRIMARY KEY,
    account_id  TEXT COLLATE "C" NOT NULL REFERENCES accounts (id),
    role        TEXT NOT NULL CHECK (role IN ('owner', 'member')),
    -- In lower case, since it is what somebody signs in by.
    email       TEXT UNIQUE,
    password    TEXT,
    -- The authenticator's secret, sealed; since when it counts; the newest time step whose code was used.
    code_secret TEXT,
    code_since  BIGINT,
    code_step   BIGINT,
    created_at  BIGINT NOT NULL,
    removed_at  BIGINT
);
CREATE INDEX people_of_account ON people (account_id, id);

CREATE TABLE identities (
    issuer     TEXT NOT NULL,
    subject    TEXT NOT NULL,
    person_id  TEXT COLLATE "C" NOT NULL REFERENCES people (id),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (issuer, subject)
);
CREATE INDEX identities_of_person ON identities (person_id);

CREATE TABLE recovery_codes (
    person_id TEXT COLLATE "C" NOT NULL REFERENCES people (id),
    hash      TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (person_id, hash)
);

CREATE TABLE invitations (
    hash       TEXT COLLATE "C" PRIMARY KEY,
    account_id TEXT COLLATE "C" NOT NULL REFERENCES accounts (id),
    role       TEXT NOT NULL CHECK (role IN ('owner', 'member')),
    expires_at BIGINT NOT NULL,
    used_at    BIGINT
);

CREATE TABLE api_keys (
    id           TEXT COLLATE "C" PRIMARY KEY,
    account_id   TEXT COLLATE "C" NOT NULL REFERENCES accounts (id),
    person_id    TEXT COLLATE "C" REFERENCES people (id),
    hash         TEXT COLLATE "C" NOT NULL UNIQUE,
    name         TEXT NOT NULL,
    environment  TEXT NOT NULL CHECK (environment IN ('live', 'test')),
    scopes       TEXT NOT NULL,
    scenarios    TEXT NOT NULL,
    ending       TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    last_used_at BIGINT,
    expires_at   BIGINT,
    revoked_at   BIGINT
);
CREATE INDEX api_keys_of_account ON api_keys (account_id, id DESC);
CREATE INDEX api_keys_of_person ON api_keys (person_id);

CREATE TABLE sign_in_links (
    hash       TEXT COLLATE "C" PRIMARY KEY,
    account_id TEXT COLLATE "C" NOT NULL REFERENCES accounts (id),
    person_id  TEXT COLLATE "C" REFERENCES people (id),
    expires_at BIGINT NOT NULL,
    used_at    BIGINT
);

CREATE TABLE sessions (
    id           TEXT COLLATE "C" PRIMARY KEY,
    account_id   TEXT COLLATE "C" NOT NULL REFERENCES accounts (id),
    person_id    TEXT COLLATE "C" REFERENCES people (id),
    hash         TEXT COLLATE "C" NOT NULL UNIQUE,
    method       TEXT NOT NULL,
    agent        TEXT,
    signed_in_at BIGINT NOT NULL,
    -- When a code of the second factor was last given in it.
    proven_at    BIGINT,
    expires_at   BIGINT NOT NULL,
    ended_at     BIGINT
);
CREATE INDEX sessions_of_person ON sessions (person_id, id);

CREATE TABLE profiles (
    id         TEXT COLLATE "C" PRIMARY KEY,
    account_id TEXT COLLATE "C" NOT NULL REFERENCES accounts (id),
    guest      TEXT NOT NULL,
    is_default BIGINT NOT NULL CHECK (is_default IN (0, 1)),
    created_at BIGINT NOT NULL
);
CREATE INDEX profiles_of_account ON profiles (account_id, id);
CREATE UNIQUE INDEX one_default_profile ON profiles (account_id) WHERE is_default = 1;

CREATE TABLE jobs (
    id           TEXT COLLATE "C" PRIMARY KEY,
    account_id   TEXT COLLATE "C" NOT NULL REFERENCES accounts (id),
    -- Whose key or app made the job: whose charge it is to confirm.
    person_id    TEXT COLLATE "C" REFERENCES people (id),
    environment  TEXT NOT NULL CHECK (environment IN ('live', 'test')),
    scenario     TEXT NOT NULL,
    request      TEXT NOT NULL,
    guest        TEXT,
    consent      TEXT NOT NULL,
    client       TEXT NOT NULL,
    -- The state machine's word, its whole state, and the word that everybody outside sees.
    state        TEXT COLLATE "C" NOT NULL,
    state_json   TEXT NOT NULL,
    status       TEXT NOT NULL,
    -- Grows with every change; a change names the version that it builds on.
    version      BIGINT NOT NULL,
    epoch        BIGINT NOT NULL,
    lease_until  BIGINT,
    worker       TEXT,
    due_at       BIGINT,
    -- Accounts take turns: each further job of an account has a later one.
    turn         BIGINT NOT NULL,
    attempt      BIGINT NOT NULL,
    failures     BIGINT NOT NULL,
    worked_ms    BIGINT NOT NULL,
    run_since    BIGINT,
    hold_id      TEXT COLLATE "C",
    provider     TEXT,
    -- What the submit books, in the site's words.
    booking      TEXT,
    progress     TEXT,
    audit_seq    BIGINT NOT NULL,
    audit_hash   TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL,
    completed_at BIGINT
);
CREATE INDEX jobs_to_claim ON jobs (state, due_at, id) WHERE state IN ('queued', 'confirmed');
CREATE INDEX jobs_by_turn ON jobs (state, turn, id, due_at) WHERE state IN ('queued', 'confirmed');
CREATE INDEX jobs_to_sweep ON jobs (due_at, id) WHERE state IN ('running', 'submitting', 'paused_payment', 'needs_person');
CREATE INDEX jobs_of_account ON jobs (account_id, id DESC);
CREATE INDEX jobs_of_provider ON jobs (provider, completed_at) WHERE completed_at IS NOT NULL;
CREATE INDEX jobs_to_redact ON jobs (completed_at) WHERE guest IS NOT NULL AND completed_at IS NOT NULL;
-- The queue moves on all the time; its dead rows are what a claim would wade through.
ALTER TABLE jobs SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02, fillfactor = 80);

-- How many jobs are open, so that a create does not count them. In slots, so that creates don't wait for each other.
CREATE TABLE open_jobs (
    slot  BIGINT PRIMARY KEY,
    count BIGINT NOT NULL
) WITH (fillfactor = 50);
INSERT INTO open_jobs (slot, count) SELECT slot, 0 FROM generate_series(0, 63) AS slot;
CREATE TABLE open_jobs_of_account (
    account_id TEXT COLLATE "C" PRIMARY KEY REFERENCES accounts (id),
    count      BIGINT NOT NULL,
    -- That of the account's newest job.
    turn       BIGINT NOT NULL
) WITH (fillfactor = 50);
CREATE INDEX newest_turn ON open_jobs_of_account (turn);
CREATE FUNCTION a_new_job_is_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE open_jobs SET count = count + 1 WHERE slot = hashtext(NEW.id) & 63;
    INSERT INTO open_jobs_of_account (account_id, count, turn) VALUES (NEW.account_id, 1, NEW.turn)
        ON CONFLICT (account_id) DO UPDATE SET count = open_jobs_of_account.count + 1, turn = NEW.turn;
    RETURN NULL;
END $$;
CREATE TRIGGER a_new_job_is_open AFTER INSERT ON jobs FOR EACH ROW EXECUTE FUNCTION a_new_job_is_open();
CREATE FUNCTION a_completed_job_is_not_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE open_jobs SET count = count - 1 WHERE slot = hashtext(NEW.id) & 63;
    UPDATE open_jobs_of_account SET count = count - 1 WHERE account_id = NEW.account_id;
    RETURN NULL;
END $$;
CREATE TRIGGER a_completed_job_is_not_open AFTER UPDATE OF completed_at ON jobs
FOR EACH ROW WHEN (OLD.completed_at IS NULL AND NEW.completed_at IS NOT NULL)
EXECUTE FUNCTION a_completed_job_is_not_open();

-- How many jobs each account made on each day since 1970-01-01, UTC.
CREATE TABLE jobs_a_day (
    account_id TEXT COLLATE "C" NOT NULL REFERENCES accounts (id),
    day        BIGINT NOT NULL,
    count      BIGINT NOT NULL,
    PRIMARY KEY (account_id, day)
) WITH (fillfactor = 50);

CREATE TABLE idempotency (
    account_id  TEXT COLLATE "C" NOT NULL REFERENCES accounts (id),
    environment TEXT NOT NULL,
    key         TEXT COLLATE "C" NOT NULL,
    fingerprint TEXT NOT NULL,
    job_id      TEXT COLLATE "C" NOT NULL REFERENCES jobs (id),
    PRIMARY KEY (account_id, environment, key)
);

-- For tables whose rows stay as they were written.
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TABLE audit_events (
    job_id    TEXT COLLATE "C" NOT NULL REFERENCES jobs (id),
    seq       BIGINT NOT NULL,
    ts        BIGINT NOT NULL,
    level     TEXT NOT NULL,
    type      TEXT NOT NULL,
    message   TEXT NOT NULL,
    data      TEXT NOT NULL,
    hash      TEXT NOT NULL,
    prev_hash TEXT NOT NULL,
    PRIMARY KEY (job_id, seq)
);
CREATE TRIGGER audit_events_are_never_changed BEFORE UPDATE ON audit_events
FOR EACH ROW EXECUTE FUNCTION refuse('audit events are never changed');
CREATE TRIGGER audit_events_are_never_removed BEFORE DELETE ON audit_events
FOR EACH ROW EXECUTE FUNCTION refuse('audit events are never removed');
CREATE TRIGGER audit_events_are_never_emptied BEFORE TRUNCATE ON audit_events
EXECUTE FUNCTION refuse('audit events are never removed');

-- Signed statements of how far a job's audit chain has come, chained among themselves, one sequence for each key.
CREATE TABLE audit_checkpoints (
    key       TEXT COLLATE "C" NOT NULL,
    number    BIGINT NOT NULL,
    ts        BIGINT NOT NULL,
    job_id    TEXT COLLATE "C" NOT NULL REFERENCES jobs (id),
    seq       BIGINT NOT NULL,
    hash      TEXT NOT NULL,
    prev      TEXT NOT NULL,
    signature TEXT NOT NULL,
    PRIMARY KEY (key, number)
);
CREATE INDEX checkpoints_of_job ON audit_checkpoints (job_id, seq);
CREATE TRIGGER checkpoints_are_never_changed BEFORE UPDATE ON audit_checkpoints
FOR EACH ROW EXECUTE FUNCTION refuse('checkpoints are never changed');
CREATE TRIGGER checkpoints_are_never_removed BEFORE DELETE ON audit_checkpoints
FOR EACH ROW EXECUTE FUNCTION refuse('checkpoints are never removed');
CREATE TRIGGER checkpoints_are_never_emptied BEFORE TRUNCATE ON audit_checkpoints
EXECUTE FUNCTION refuse('checkpoints are never removed');

CREATE TABLE holds (
    id           TEXT COLLATE "C" PRIMARY KEY,
    job_id       TEXT COLLATE "C" NOT NULL REFERENCES jobs (id),
    charge       TEXT NOT NULL,
    hash         TEXT NOT NULL,
    status       TEXT NOT NULL CHECK (status IN ('open', 'confirmed', 'declined', 'void', 'expired', 'redeemed')),
    expires_at   BIGINT NOT NULL,
    replaces     TEXT COLLATE "C" REFERENCES holds (id),
    page_url     TEXT,
    page_text    TEXT,
    created_at   BIGINT NOT NULL,
    confirmed_by TEXT COLLATE "C" REFERENCES sessions (id),
    confirmed_at BIGINT,
    redeemed_at  BIGINT,
    CHECK (status NOT IN ('confirmed', 'redeemed') OR confirmed_by IS NOT NULL)
);
CREATE INDEX holds_of_job ON holds (job_id);
CREATE INDEX holds_of_session ON holds (confirmed_by) WHERE confirmed_by IS NOT NULL;
-- At most one hold of a job waits or is confirmed at a time.
CREATE UNIQUE INDEX one_live_hold ON holds (job_id) WHERE status IN ('open', 'confirmed');

-- The write-ahead record of a submit. The primary key is the promise: one per job, ever.
CREATE TABLE submissions (
    job_id      TEXT COLLATE "C" PRIMARY KEY REFERENCES jobs (id),
    permit_id   TEXT NOT NULL UNIQUE,
    kind        TEXT NOT NULL CHECK (kind IN ('reserve', 'charge')),
    provider    TEXT NOT NULL,
    hold_id     TEXT COLLATE "C" UNIQUE REFERENCES holds (id),
    charge_hash TEXT,
    epoch       BIGINT NOT NULL,
    deadline    BIGINT NOT NULL,
    started_at  BIGINT NOT NULL,
    finished_at BIGINT,
    outcome     TEXT,
    page_url    TEXT,
    page_text   TEXT,
    CHECK ((kind = 'charge') = (hold_id IS NOT NULL AND charge_hash IS NOT NULL))
);
CREATE TRIGGER submissions_are_never_removed BEFORE DELETE ON submissions
FOR EACH ROW EXECUTE FUNCTION refuse('a submission is never removed');
CREATE TRIGGER submissions_are_never_emptied BEFORE TRUNCATE ON submissions
EXECUTE FUNCTION refuse('a submission is never removed');
CREATE TRIGGER submissions_keep_what_they_permit
BEFORE UPDATE OF job_id, permit_id, kind, provider, hold_id, charge_hash, epoch, deadline, started_at ON submissions
FOR EACH ROW EXECUTE FUNCTION refuse('what a submission permits is never changed');

-- Connected apps. Of every secret only the SHA-256 is here.
CREATE TABLE oauth_clients (
    -- Made here, or the address of the client's metadata document.
    id            TEXT COLLATE "C" PRIMARY KEY,
    origin        TEXT NOT NULL CHECK (origin IN ('operator', 'document', 'stranger')),
    name          TEXT NOT NULL,
    uri           TEXT,
    redirect_uris TEXT NOT NULL,
    secret_hash   TEXT,
    created_at    BIGINT NOT NULL,
    -- When a document was last read.
    checked_at    BIGINT NOT NULL,
    -- When somebody last approved it.
    approved_at   BIGINT,
    removed_at    BIGINT
);
CREATE INDEX oauth_clients_to_forget ON oauth_clients (created_at) WHERE origin <> 'operator';

-- What waits for a person's decision; a decision removes it.
CREATE TABLE oauth_requests (
    hash         TEXT COLLATE "C" PRIMARY KEY,
    client_id    TEXT COLLATE "C" NOT NULL REFERENCES oauth_clients (id),
    redirect_uri TEXT NOT NULL,
    scopes       TEXT NOT NULL,
    state        TEXT,
    resource     TEXT,
    challenge    TEXT NOT NULL,
    -- Whose it is, from the moment that somebody was shown it.
    account_id   TEXT COLLATE "C" REFERENCES accounts (id),
    expires_at   BIGINT NOT NULL
);
CREATE INDEX oauth_requests_to_forget ON oauth_requests (expires_at);
CREATE INDEX oauth_requests_of_client ON oauth_requests (client_id);

-- What a person allowed an app, from the moment that the app took it; the family of all its tokens.
CREATE TABLE oauth_grants (
    id           TEXT COLLATE "C" PRIMARY KEY,
    account_id   TEXT COLLATE "C" NOT NULL REFERENCES accounts (id),
    -- Who said yes: whose charges its jobs' are to confirm.
    person_id    TEXT COLLATE "C" REFERENCES people (id),
    client_id    TEXT COLLATE "C" NOT NULL REFERENCES oauth_clients (id),
    scopes       TEXT NOT NULL,
    environment  TEXT NOT NULL CHECK (environment IN ('live', 'test')),
    resource     TEXT,
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    last_used_at BIGINT,
    ended_at     BIGINT,
    end_reason   TEXT,
    CHECK ((ended_at IS NULL) = (end_reason IS NULL))
);
CREATE INDEX oauth_grants_of_account ON oauth_grants (account_id, id DESC);
CREATE INDEX oauth_grants_of_client ON oauth_grants (client_id);
CREATE INDEX oauth_grants_to_forget ON oauth_grants (expires_at);

CREATE TABLE oauth_codes (
    hash         TEXT COLLATE "C" PRIMARY KEY,
    account_id   TEXT COLLATE "C" NOT NULL REFERENCES accounts (id),
    person_id    TEXT COLLATE "C" REFERENCES people (id),
    client_id    TEXT COLLATE "C" NOT NULL REFERENCES oauth_clients (id),
    redirect_uri TEXT NOT NULL,
    scopes       TEXT NOT NULL,
    environment  TEXT NOT NULL CHECK (environment IN ('live', 'test')),
    resource     TEXT,
    challenge    TEXT NOT NULL,
    expires_at   BIGINT NOT NULL,
    -- What it gave; a second use ends this.
    grant_id     TEXT COLLATE "C" REFERENCES oauth_grants (id)
);
CREATE INDEX oauth_codes_to_forget ON oauth_codes (expires_at);
CREATE INDEX oauth_codes_of_client ON oauth_codes (client_id);
CREATE INDEX oauth_codes_of_grant ON oauth_codes (grant_id);

CREATE TABLE oauth_tokens (
    hash       TEXT COLLATE "C" PRIMARY KEY,
    grant_id   TEXT COLLATE "C" NOT NULL REFERENCES oauth_grants (id),
    kind       TEXT NOT NULL CHECK (kind IN ('access', 'refresh')),
    scopes     TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    rotated_at BIGINT,
    -- How often a rotated refresh token came again.
    again      BIGINT NOT NULL DEFAULT 0,
    revoked_at BIGINT
);
CREATE INDEX oauth_tokens_of_grant ON oauth_tokens (grant_id);
CREATE INDEX oauth_tokens_to_forget ON oauth_tokens (expires_at);

CREATE TABLE security_events (
    id         TEXT COLLATE "C" PRIMARY KEY,
    at         BIGINT NOT NULL,
    kind       TEXT NOT NULL,
    account_id TEXT COLLATE "C" REFERENCES accounts (id),
    person_id  TEXT COLLATE "C" REFERENCES people (id),
    address    TEXT,
    subject    TEXT
);
CREATE INDEX security_events_of_account ON security_events (account_id, id);
CREATE INDEX security_events_to_forget ON security_events (at);
