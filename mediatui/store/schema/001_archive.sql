-- The account, mirrored. Names of tables, views and columns are a promise to users who query by hand.

CREATE TABLE torrents (
    key               INTEGER PRIMARY KEY,
    id                TEXT NOT NULL UNIQUE,
    hash              TEXT NOT NULL,
    filename          TEXT NOT NULL,
    original_filename TEXT,
    folded            TEXT NOT NULL,              -- both names, folded for search (model.text.fold)
    status            TEXT NOT NULL,
    bytes             INTEGER NOT NULL DEFAULT 0, -- selected files only
    original_bytes    INTEGER,
    progress          REAL NOT NULL DEFAULT 0,
    host              TEXT NOT NULL DEFAULT '',
    split             INTEGER NOT NULL DEFAULT 0,
    added_on          TEXT NOT NULL DEFAULT '',   -- as the service sent it
    added_at          INTEGER,
    ended_at          INTEGER,
    speed             INTEGER,
    seeders           INTEGER,
    links_count       INTEGER,                    -- NULL: not known yet
    files_count       INTEGER,
    selected_count    INTEGER,
    first_seen_at     INTEGER NOT NULL,
    last_seen_at      INTEGER NOT NULL,
    gone_at           INTEGER,                    -- tombstone
    details_at        INTEGER,
    details_of        TEXT,                       -- status|bytes|ended_at the details were fetched for
    health            TEXT,
    health_code       INTEGER,
    health_at         INTEGER,
    error             TEXT
);
CREATE INDEX torrents_by_hash ON torrents (hash);
CREATE INDEX torrents_by_added ON torrents (added_at DESC, key);
CREATE INDEX torrents_by_standing ON torrents (gone_at, status, bytes, details_at);

CREATE TABLE torrent_files (
    torrent_id TEXT NOT NULL REFERENCES torrents (id) ON DELETE CASCADE,
    file_id    INTEGER NOT NULL,
    path       TEXT NOT NULL,
    bytes      INTEGER NOT NULL,
    selected   INTEGER,                           -- NULL: known from a twin, own selection not known
    PRIMARY KEY (torrent_id, file_id)
) WITHOUT ROWID;

CREATE TABLE torrent_links (
    torrent_id TEXT NOT NULL REFERENCES torrents (id) ON DELETE CASCADE,
    position   INTEGER NOT NULL,                  -- i-th link belongs to the i-th selected file
    link       TEXT NOT NULL,
    PRIMARY KEY (torrent_id, position)
) WITHOUT ROWID;

CREATE VIEW torrent_details AS
SELECT t.id,
       t.filename AS name,
       t.original_filename,
       t.status,
       t.bytes AS size,
       t.files_count,
       t.progress,
       (SELECT group_concat(link, ',') FROM
           (SELECT link FROM torrent_links l WHERE l.torrent_id = t.id ORDER BY position)) AS links,
       t.hash,
       t.host,
       t.error
FROM torrents t
WHERE t.details_at IS NOT NULL;

-- Facts about the archive as a whole: when a whole list was last seen, its first id, the account's name.
CREATE TABLE facts (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    at    REAL NOT NULL
) WITHOUT ROWID;

CREATE TABLE jobs (
    id         INTEGER PRIMARY KEY,
    name       TEXT NOT NULL,
    lane       TEXT NOT NULL,
    options    TEXT NOT NULL DEFAULT '{}',
    state      TEXT NOT NULL,                     -- running, done, partial, cancelled, failed, interrupted
    pid        INTEGER NOT NULL,
    started_at REAL NOT NULL,
    ended_at   REAL,
    phase      TEXT,
    done       INTEGER,
    total      INTEGER,
    requests   INTEGER NOT NULL DEFAULT 0,
    counts     TEXT NOT NULL DEFAULT '{}',
    summary    TEXT,
    error      TEXT
);
CREATE INDEX jobs_by_name ON jobs (name, started_at);

-- What a job still owes; a row leaves in the transaction that stores its result.
CREATE TABLE job_items (
    job_id   INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    item     TEXT NOT NULL,
    reason   TEXT NOT NULL,
    PRIMARY KEY (job_id, position)
) WITHOUT ROWID;
CREATE INDEX job_items_by_item ON job_items (job_id, item);

CREATE TABLE job_locks (
    lane           TEXT PRIMARY KEY,
    job_id         INTEGER,
    job_name       TEXT NOT NULL,
    host           TEXT NOT NULL,
    pid            INTEGER NOT NULL,
    process_start  TEXT NOT NULL,                 -- tells a reused pid from the owner
    since          REAL NOT NULL,
    heartbeat_at   REAL NOT NULL
) WITHOUT ROWID;

-- Every request sent: the sliding window of the budget, and the service's own statistics.
CREATE TABLE requests (
    id      INTEGER PRIMARY KEY,
    at      REAL NOT NULL,
    service TEXT NOT NULL,
    lane    TEXT NOT NULL,
    what    TEXT NOT NULL,                        -- method and path with ids replaced
    outcome TEXT,                                 -- NULL while in flight, 'ok', or an error class
    ms      REAL
);
CREATE INDEX requests_by_time ON requests (service, at);

CREATE TABLE budget_lanes (
    service      TEXT NOT NULL,
    lane         TEXT NOT NULL,
    next_at      REAL NOT NULL DEFAULT 0,         -- earliest time the pace of this lane allows
    paused_until REAL NOT NULL DEFAULT 0,
    refusals     INTEGER NOT NULL DEFAULT 0,      -- in a row; decides the back-off
    PRIMARY KEY (service, lane)
) WITHOUT ROWID;

-- The link library.
CREATE TABLE scans (
    id          INTEGER PRIMARY KEY,
    started_at  REAL NOT NULL,
    ended_at    REAL,
    status      TEXT NOT NULL,                    -- running, done, cancelled, failed
    mode        TEXT NOT NULL,                    -- dry-run or apply
    depth       TEXT NOT NULL,                    -- basic or full
    roots       TEXT NOT NULL,                    -- JSON list
    counts      TEXT NOT NULL DEFAULT '{}',
    links       INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE scan_findings (
    scan_id    INTEGER NOT NULL REFERENCES scans (id) ON DELETE CASCADE,
    path       BLOB NOT NULL,
    target     BLOB NOT NULL,
    state      TEXT NOT NULL,
    reason     TEXT NOT NULL DEFAULT '',
    torrent_id TEXT,
    PRIMARY KEY (scan_id, path)
) WITHOUT ROWID;
CREATE TABLE media (
    id        INTEGER PRIMARY KEY,
    kind      TEXT NOT NULL,                      -- film or episode
    title     TEXT NOT NULL,
    year      INTEGER,
    season    INTEGER,
    episode   INTEGER,
    tmdb_id   INTEGER,
    tvdb_id   INTEGER,
    file_path BLOB
);
CREATE TABLE library_links (
    path       BLOB PRIMARY KEY,                  -- paths are bytes
    target     BLOB NOT NULL,
    state      TEXT NOT NULL,
    size       INTEGER,
    checked_at INTEGER,
    torrent_id TEXT,
    media_id   INTEGER REFERENCES media (id) ON DELETE SET NULL
) WITHOUT ROWID;
CREATE INDEX library_links_by_torrent ON library_links (torrent_id);

CREATE TABLE journal (
    batch     INTEGER NOT NULL,
    seq       INTEGER NOT NULL,
    at        REAL NOT NULL,
    kind      TEXT NOT NULL,
    what      TEXT NOT NULL,
    before    TEXT,
    after     TEXT,
    undone_at REAL,
    PRIMARY KEY (batch, seq)
) WITHOUT ROWID;
