-- Where accounts are told of their jobs, and the outbox of what they are told.

CREATE TABLE webhook_endpoints (
    id               TEXT COLLATE "C" PRIMARY KEY,
    account_id       TEXT COLLATE "C" NOT NULL REFERENCES accounts (id),
    -- Who added it, and takes it along when they leave.
    person_id        TEXT COLLATE "C" NOT NULL REFERENCES people (id),
    environment      TEXT NOT NULL CHECK (environment IN ('live', 'test')),
    url              TEXT NOT NULL,
    -- Sealed, as is the one before it, which signs as well until its time is over.
    secret           TEXT NOT NULL,
    old_secret       TEXT,
    old_secret_until BIGINT,
    created_at       BIGINT NOT NULL
);
CREATE INDEX webhook_endpoints_of_account ON webhook_endpoints (account_id, id);
CREATE INDEX webhook_endpoints_of_person ON webhook_endpoints (person_id);

-- A message is here until it is delivered. It does not refer to its endpoint by a foreign key: a job that changes would have
-- to lock the endpoint's row, and would fail when the endpoint is removed meanwhile.
CREATE TABLE webhook_messages (
    endpoint_id TEXT COLLATE "C" NOT NULL,
    job_id      TEXT COLLATE "C" NOT NULL REFERENCES jobs (id),
    -- The job's version.
    sequence    BIGINT NOT NULL,
    body        TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('waiting', 'dead')),
    attempts    BIGINT NOT NULL,
    -- When it may be sent, or sent again: while a node sends it, when that node is given up.
    due_at      BIGINT NOT NULL,
    failure     TEXT,
    created_at  BIGINT NOT NULL,
    PRIMARY KEY (endpoint_id, job_id, sequence)
);
CREATE INDEX webhook_messages_to_send ON webhook_messages (due_at) WHERE state = 'waiting';
CREATE INDEX webhook_messages_by_state ON webhook_messages (endpoint_id, state, created_at);
