-- The ways that led to bookings on sites that nobody described. They have nothing of guests and requests in them, and belong to
-- no account.

CREATE TABLE learned_paths (
    environment TEXT NOT NULL CHECK (environment IN ('live', 'test')),
    site        TEXT NOT NULL,
    -- A digest of the page where visits begin.
    entry       TEXT NOT NULL,
    scenario    TEXT NOT NULL,
    path        TEXT NOT NULL,
    -- How often it was learned.
    revision    INTEGER NOT NULL,
    learned_at  INTEGER NOT NULL,
    used_at     INTEGER NOT NULL,
    PRIMARY KEY (environment, site, entry, scenario)
) STRICT, WITHOUT ROWID;
CREATE INDEX learned_paths_by_use ON learned_paths (used_at);
