-- The link library: what walks found, when mounts were last seen alive, and what playability checks said.

ALTER TABLE library_links ADD COLUMN root BLOB;      -- the configured root it lies under
ALTER TABLE library_links ADD COLUMN code INTEGER;   -- error number of a target that could not be seen
ALTER TABLE library_links ADD COLUMN seen INTEGER;   -- the scan that saw it last
ALTER TABLE library_links ADD COLUMN bad_since INTEGER; -- since when every look found it in a removable state
ALTER TABLE library_links ADD COLUMN verdict TEXT;   -- why the target does not play, as the full depth found it last
ALTER TABLE library_links ADD COLUMN verdict_size INTEGER; -- the size it had then
CREATE INDEX library_links_by_state ON library_links (state) WHERE state <> 'ok';
CREATE INDEX library_links_by_root ON library_links (root, seen);
CREATE INDEX torrents_by_filename ON torrents (filename);
CREATE INDEX torrents_by_original_filename ON torrents (original_filename) WHERE original_filename IS NOT NULL;

CREATE TABLE mounts_seen (
    path     BLOB PRIMARY KEY,
    is_mount INTEGER NOT NULL,
    entries  INTEGER NOT NULL,                       -- at the last good look
    at       REAL NOT NULL
) WITHOUT ROWID;

CREATE TABLE probes (
    device  INTEGER NOT NULL,
    inode   INTEGER NOT NULL,
    size    INTEGER NOT NULL,
    mtime   INTEGER NOT NULL,                        -- nanoseconds
    verdict TEXT NOT NULL,
    reason  TEXT NOT NULL DEFAULT '',
    facts   TEXT NOT NULL DEFAULT '{}',              -- JSON: duration, codecs, resolution
    at      REAL NOT NULL,
    PRIMARY KEY (device, inode)
) WITHOUT ROWID;
