-- What transfers are for (model.target), and what was watched and removed.

CREATE TABLE transfer_targets (
    transfer_id INTEGER NOT NULL REFERENCES transfers (id) ON DELETE CASCADE,
    position    INTEGER NOT NULL,
    kind        TEXT NOT NULL,               -- film, series
    service     TEXT NOT NULL DEFAULT '',    -- a Sonarr or Radarr by its name
    service_id  INTEGER NOT NULL DEFAULT 0,  -- the id there; ids are 0 when they are not known
    tmdb_id     INTEGER NOT NULL DEFAULT 0,
    tvdb_id     INTEGER NOT NULL DEFAULT 0,
    imdb_id     INTEGER NOT NULL DEFAULT 0,
    title       TEXT NOT NULL DEFAULT '',
    year        INTEGER,
    season      INTEGER,                     -- NULL: a film, or all of a series
    episodes    TEXT NOT NULL DEFAULT '[]',  -- JSON: their numbers; none: the whole season
    episode_ids TEXT NOT NULL DEFAULT '[]',  -- JSON: their ids at TVDB
    air_dates   TEXT NOT NULL DEFAULT '[]',  -- JSON: YYYY-MM-DD
    score       INTEGER,                     -- NULL: a person named it
    reasons     TEXT NOT NULL DEFAULT '[]',  -- JSON
    monitored   INTEGER,                     -- NULL: not known
    PRIMARY KEY (transfer_id, position)
) WITHOUT ROWID;

-- What users saw, and why its files are gone; kept for ever.
CREATE TABLE watch_archive (
    id          INTEGER PRIMARY KEY,
    user        TEXT NOT NULL DEFAULT '',
    why         TEXT NOT NULL,               -- archived, rejected, gone
    kind        TEXT NOT NULL,               -- film, series
    tmdb_id     INTEGER NOT NULL DEFAULT 0,
    tvdb_id     INTEGER NOT NULL DEFAULT 0,
    imdb_id     INTEGER NOT NULL DEFAULT 0,
    title       TEXT NOT NULL,
    year        INTEGER,
    season      INTEGER,
    episodes    TEXT NOT NULL DEFAULT '[]',
    episode_ids TEXT NOT NULL DEFAULT '[]',
    air_dates   TEXT NOT NULL DEFAULT '[]',
    watched_at  REAL,
    removed_at  REAL,
    size        INTEGER,                     -- bytes of what was removed
    quality     TEXT NOT NULL DEFAULT '',
    hash        TEXT NOT NULL DEFAULT ''     -- of the torrent it came from
);
CREATE INDEX watch_archive_by_tmdb ON watch_archive (tmdb_id) WHERE tmdb_id <> 0;
CREATE INDEX watch_archive_by_tvdb ON watch_archive (tvdb_id) WHERE tvdb_id <> 0;
