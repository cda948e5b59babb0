-- Connected apps. Of every secret only the SHA-256 is here.

CREATE TABLE oauth_clients (
    -- Made here, or the address of the client's metadata document.
    id            TEXT PRIMARY KEY,
    origin        TEXT NOT NULL CHECK (origin IN ('operator', 'document', 'stranger')),
    name          TEXT NOT NULL,
    uri           TEXT,
    redirect_uris TEXT NOT NULL,
    secret_hash   TEXT,
    created_at    INTEGER NOT NULL,
    -- When a document was last read.
    checked_at    INTEGER NOT NULL,
    -- When somebody last approved it.
    approved_at   INTEGER,
    removed_at    INTEGER
) STRICT;
CREATE INDEX oauth_clients_to_forget ON oauth_clients (created_at) WHERE origin <> 'operator';

-- What waits for a person's decision; a decision removes it.
CREATE TABLE oauth_requests (
    hash         TEXT PRIMARY KEY,
    client_id    TEXT NOT NULL REFERENCES oauth_clients (id),
    redirect_uri TEXT NOT NULL,
    scopes       TEXT NOT NULL,
    state        TEXT,
    resource     TEXT,
    challenge    TEXT NOT NULL,
    -- Whose it is, from the moment that somebody was shown it.
    account_id   TEXT REFERENCES accounts (id),
    expires_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX oauth_requests_to_forget ON oauth_requests (expires_at);

-- What a person allowed an app, from the moment that the app took it; the family of all its tokens.
CREATE TABLE oauth_grants (
    id           TEXT PRIMARY KEY,
    account_id   TEXT NOT NULL REFERENCES accounts (id),
    client_id    TEXT NOT NULL REFERENCES oauth_clients (id),
    scopes       TEXT NOT NULL,
    environment  TEXT NOT NULL CHECK (environment IN ('live', 'test')),
    resource     TEXT,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    last_used_at INTEGER,
    ended_at     INTEGER,
    end_reason   TEXT,
    CHECK ((ended_at IS NULL) = (end_reason IS NULL))
) STRICT;
CREATE INDEX oauth_grants_of_account ON oauth_grants (account_id, id DESC);
CREATE INDEX oauth_grants_of_client ON oauth_grants (client_id);
CREATE INDEX oauth_grants_to_forget ON oauth_grants (expires_at);

CREATE TABLE oauth_codes (
    hash         TEXT PRIMARY KEY,
    account_id   TEXT NOT NULL REFERENCES accounts (id),
    client_id    TEXT NOT NULL REFERENCES oauth_clients (id),
    redirect_uri TEXT NOT NULL,
    scopes       TEXT NOT NULL,
    environment  TEXT NOT NULL CHECK (environment IN ('live', 'test')),
    resource     TEXT,
    challenge    TEXT NOT NULL,
    expires_at   INTEGER NOT NULL,
    -- What it gave; a second use ends this.
    grant_id     TEXT REFERENCES oauth_grants (id)
) STRICT;
CREATE INDEX oauth_codes_to_forget ON oauth_codes (expires_at);

CREATE TABLE oauth_tokens (
    hash       TEXT PRIMARY KEY,
    grant_id   TEXT NOT NULL REFERENCES oauth_grants (id),
    kind       TEXT NOT NULL CHECK (kind IN ('access', 'refresh')),
    scopes     TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    rotated_at INTEGER,
    -- How often a rotated refresh token came again.
    again      INTEGER NOT NULL DEFAULT 0,
    revoked_at INTEGER
) STRICT;
CREATE INDEX oauth_tokens_of_grant ON oauth_tokens (grant_id);
CREATE INDEX oauth_tokens_to_forget ON oauth_tokens (expires_at);
