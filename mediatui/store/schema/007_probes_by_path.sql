-- What the full depth learnt of files, by path: a device number changes at a remount, and an rclone mount's inodes do
-- not fit. What was kept by those belongs to no path that is known, so it goes.

DROP TABLE probes;

CREATE TABLE probes (
    path       BLOB PRIMARY KEY,                     -- of the file, absolute
    size       INTEGER NOT NULL,
    mtime      INTEGER NOT NULL,                     -- nanoseconds
    verdict    TEXT NOT NULL,
    reason     TEXT NOT NULL DEFAULT '',
    facts      TEXT NOT NULL DEFAULT '{}',           -- JSON: duration, codecs, resolution
    checked_at REAL NOT NULL,                        -- when it was looked at last
    read_at    REAL NOT NULL                         -- when its first bytes were read last
) WITHOUT ROWID;
