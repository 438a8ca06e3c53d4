-- Transfers: from the choice of a release to its file in the library (model.transfer).

CREATE TABLE transfers (
    id             INTEGER PRIMARY KEY,
    route          TEXT NOT NULL,               -- seedbox, debrid, arr
    account        INTEGER NOT NULL DEFAULT 1,
    hash           TEXT NOT NULL,
    name           TEXT NOT NULL DEFAULT '',
    size           INTEGER,                     -- bytes of the wanted files; NULL: not known
    state          TEXT NOT NULL,               -- written by store/transfers/change.py alone
    hold           TEXT NOT NULL DEFAULT 'none', -- none, waiting, choice, paused, ignored
    code           TEXT NOT NULL DEFAULT '',
    detail         TEXT NOT NULL DEFAULT '{}',  -- JSON: what is known of the hold
    tries          INTEGER NOT NULL DEFAULT 0,
    held_since     REAL,
    retry_at       REAL,
    auto           TEXT NOT NULL DEFAULT 'none',
    entry_id       TEXT NOT NULL DEFAULT '',    -- its entry at the client
    entry_is_new   INTEGER NOT NULL DEFAULT 0,  -- whether we added that entry
    without_target INTEGER NOT NULL DEFAULT 0,
    cached_only    INTEGER NOT NULL DEFAULT 0,
    "select"       TEXT NOT NULL DEFAULT 'video',
    status         TEXT NOT NULL DEFAULT '',    -- of the last look at the client, in its own word
    progress       REAL,
    seeders        INTEGER,
    progress_at    REAL,                        -- since when it has not progressed
    absent_at      REAL,                        -- since when the client has not listed it
    created_at     REAL NOT NULL,
    changed_at     REAL NOT NULL,
    ended_at       REAL
);
CREATE UNIQUE INDEX transfers_under_way ON transfers (route, account, hash) WHERE ended_at IS NULL;
CREATE INDEX transfers_by_hash ON transfers (hash);

CREATE TABLE transfer_files (
    transfer_id INTEGER NOT NULL REFERENCES transfers (id) ON DELETE CASCADE,
    path        BLOB NOT NULL,
    size        INTEGER NOT NULL,
    wanted      INTEGER NOT NULL,
    PRIMARY KEY (transfer_id, path)
) WITHOUT ROWID;

CREATE TABLE transfer_events (
    id          INTEGER PRIMARY KEY,
    transfer_id INTEGER NOT NULL REFERENCES transfers (id) ON DELETE CASCADE,
    at          REAL NOT NULL,
    who         TEXT NOT NULL,                  -- user, job, start
    event       TEXT NOT NULL,
    from_state  TEXT NOT NULL,                  -- empty: it was made
    to_state    TEXT NOT NULL,
    hold        TEXT NOT NULL,                  -- the hold after it
    code        TEXT NOT NULL DEFAULT '',
    why         TEXT NOT NULL DEFAULT '',
    facts       TEXT NOT NULL DEFAULT '{}'      -- JSON
);
CREATE INDEX transfer_events_in_order ON transfer_events (transfer_id, id);

-- What keeps a whole service or request lane, said once and never copied into transfers.
CREATE TABLE service_holds (
    service  TEXT PRIMARY KEY,
    code     TEXT NOT NULL,
    detail   TEXT NOT NULL DEFAULT '{}',        -- JSON
    since    REAL NOT NULL,
    tries    INTEGER NOT NULL DEFAULT 0,
    retry_at REAL
) WITHOUT ROWID;

CREATE TABLE refused_hashes (
    service TEXT NOT NULL,
    hash    TEXT NOT NULL,
    name    TEXT NOT NULL DEFAULT '',
    code    TEXT NOT NULL DEFAULT '',
    at      REAL NOT NULL,
    PRIMARY KEY (service, hash)
) WITHOUT ROWID;

CREATE TABLE ignored_hashes (
    hash TEXT PRIMARY KEY,
    name TEXT NOT NULL DEFAULT '',
    at   REAL NOT NULL
) WITHOUT ROWID;

-- The .torrent a transfer was sent from (zlib).
CREATE TABLE torrent_blobs (
    hash TEXT PRIMARY KEY,
    data BLOB NOT NULL,
    at   REAL NOT NULL
) WITHOUT ROWID;
