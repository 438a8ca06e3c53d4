-- Searches of releases, and what they found: kept for some days, so that they can be read again and taken from.

CREATE TABLE searches (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    text     TEXT NOT NULL,
    options  TEXT NOT NULL DEFAULT '{}', -- JSON
    at       REAL NOT NULL,
    indexers TEXT NOT NULL DEFAULT '[]'  -- JSON: how each answered
);

CREATE TABLE releases (
    id            INTEGER PRIMARY KEY AUTOINCREMENT, -- no number is ever given twice
    search_id     INTEGER NOT NULL REFERENCES searches (id) ON DELETE CASCADE,
    guid          TEXT NOT NULL,
    indexer_id    INTEGER NOT NULL,
    indexer       TEXT NOT NULL,
    title         TEXT NOT NULL,
    folded        TEXT NOT NULL,                     -- the title for search (model.text.fold)
    size          INTEGER,                           -- bytes; NULL: not said
    seeders       INTEGER,
    leechers      INTEGER,
    published_at  INTEGER,
    protocol      TEXT NOT NULL,
    hash          TEXT NOT NULL DEFAULT '',
    related       INTEGER NOT NULL,
    first         TEXT NOT NULL,                     -- JSON: all of the offer that is taken first, without keys
    also          TEXT NOT NULL DEFAULT '[]',        -- JSON: the same release elsewhere
    first_seen_at REAL NOT NULL,
    seen_at       REAL NOT NULL
);
CREATE INDEX releases_of_search ON releases (search_id);
CREATE INDEX releases_by_guid ON releases (indexer_id, guid);
