-- The ways that led to bookings on sites that nobody described. They have nothing of guests and requests in them, and belong to
-- no account.

CREATE TABLE learned_paths (
    environment TEXT COLLATE "C" NOT NULL CHECK (environment IN ('live', 'test')),
    site        TEXT COLLATE "C" NOT NULL,
    -- A digest of the page where visits begin.
    entry       TEXT COLLATE "C" NOT NULL,
    scenario    TEXT COLLATE "C" NOT NULL,
    path        TEXT NOT NULL,
    -- How often it was learned.
    revision    BIGINT NOT NULL,
    learned_at  BIGINT NOT NULL,
    used_at     BIGINT NOT NULL,
    PRIMARY KEY (environment, site, entry, scenario)
);
CREATE INDEX learned_paths_by_use ON learned_paths (used_at);
