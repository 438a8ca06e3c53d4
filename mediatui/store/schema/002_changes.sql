-- Problems, link checks, and the one door through which anything is changed.

ALTER TABLE torrents ADD COLUMN class TEXT;          -- model.problems; NULL: to be told
ALTER TABLE torrents ADD COLUMN class_due INTEGER;   -- when time alone may change the class
CREATE INDEX torrents_to_classify ON torrents (key) WHERE class IS NULL;
CREATE INDEX torrents_class_due ON torrents (class_due) WHERE class_due IS NOT NULL;
CREATE INDEX torrents_by_class ON torrents (class, added_at DESC) WHERE class NOT IN ('ok', 'gone');

-- What a look at a link said last; two failures hours apart make it dead.
CREATE TABLE link_checks (
    torrent_id TEXT NOT NULL REFERENCES torrents (id) ON DELETE CASCADE,
    position   INTEGER NOT NULL,
    link       TEXT NOT NULL,                        -- the form of 13 characters that names the file
    verdict    TEXT NOT NULL,                        -- ok, suspect, dead, unknown
    code       INTEGER,
    at         INTEGER NOT NULL,
    suspect_at INTEGER,                              -- the first of the failures in a row
    PRIMARY KEY (torrent_id, position)
) WITHOUT ROWID;

-- Rows of the account's download list that our own checks made and still have to take away.
CREATE TABLE probe_downloads (
    id TEXT PRIMARY KEY,
    at REAL NOT NULL
) WITHOUT ROWID;

-- A stored plan, and how far it got.
CREATE TABLE batches (
    batch      INTEGER PRIMARY KEY,
    command    TEXT NOT NULL,
    title      TEXT NOT NULL,
    state      TEXT NOT NULL,                        -- planned, running, done, partial, cancelled, failed, dropped
    undoes     INTEGER,                              -- the batch this one takes back
    looked_at  INTEGER,                              -- of how many the steps were chosen
    allowed    INTEGER,                              -- the limit a person raised for this run
    created_at REAL NOT NULL,
    started_at REAL,
    ended_at   REAL
);
CREATE TABLE plan_steps (
    batch      INTEGER NOT NULL REFERENCES batches (batch) ON DELETE CASCADE,
    position   INTEGER NOT NULL,
    kind       TEXT NOT NULL,
    what       TEXT NOT NULL,
    step       TEXT NOT NULL,                        -- JSON: the step and what it expects to find
    outcome    TEXT NOT NULL DEFAULT 'planned',      -- planned, acting, done, skipped, failed
    reason     TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (batch, position)
) WITHOUT ROWID;

ALTER TABLE journal ADD COLUMN position INTEGER;     -- the step of the batch
ALTER TABLE journal ADD COLUMN outcome TEXT;         -- NULL: written before acting, and nothing after
