-- The order in which the service lists the files of a torrent, which need not be that of their ids: the i-th link
-- belongs to the i-th selected file in this order. NULL: stored before this was kept.
ALTER TABLE torrent_files ADD COLUMN position INTEGER;

-- When a scan last read a folder of links to its end: only then "nothing links to it" is an answer.
CREATE TABLE roots_read (
    root    BLOB PRIMARY KEY,
    scan_id INTEGER NOT NULL,
    at      REAL NOT NULL                             -- epoch seconds
) WITHOUT ROWID;
