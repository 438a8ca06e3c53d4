-- Dead links that keep their place until another file is proven: which of them a transfer is to point anew, and those
-- for which nothing was found, with when that is looked for again.
CREATE TABLE replaced_links (
    transfer_id INTEGER NOT NULL REFERENCES transfers (id) ON DELETE CASCADE,
    path        BLOB NOT NULL,
    target      BLOB NOT NULL,               -- the text of the link, as it was when that was wanted
    season      INTEGER,                     -- NULL: a film
    episodes    TEXT NOT NULL DEFAULT '[]',  -- JSON: all that the link is of
    PRIMARY KEY (transfer_id, path)
) WITHOUT ROWID;
CREATE INDEX replaced_links_by_path ON replaced_links (path);

CREATE TABLE replacements_wanted (
    path      BLOB PRIMARY KEY,
    looked_at REAL NOT NULL,
    tries     INTEGER NOT NULL,
    next_at   REAL NOT NULL,
    why       TEXT NOT NULL DEFAULT ''       -- what the last look said
) WITHOUT ROWID;
