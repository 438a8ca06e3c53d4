-- What Sonarr and Radarr know, as they last reported it: replaced whole, service by service (library.refresh).

CREATE TABLE arr_items (
    service        TEXT NOT NULL,               -- its name in the settings
    service_id     INTEGER NOT NULL,
    kind           TEXT NOT NULL,               -- film, series
    tmdb_id        INTEGER NOT NULL DEFAULT 0,  -- 0: not known, as all ids
    tvdb_id        INTEGER NOT NULL DEFAULT 0,
    imdb_id        INTEGER NOT NULL DEFAULT 0,  -- 133093 for tt0133093
    title          TEXT NOT NULL,
    folded         TEXT NOT NULL,               -- the same for all spellings of the title (names.titles)
    original_title TEXT NOT NULL DEFAULT '',
    titles         TEXT NOT NULL DEFAULT '[]',  -- JSON: other titles, as [title, season, scene season]; null: all
    year           INTEGER,
    path           TEXT NOT NULL DEFAULT '',    -- as the service writes it
    monitored      INTEGER NOT NULL,
    has_file       INTEGER NOT NULL,
    files          INTEGER NOT NULL DEFAULT 0,  -- episodes with a file, or 1 for a film that has one
    episodes       INTEGER NOT NULL DEFAULT 0,  -- all of them, aired or not; 0 for films
    size           INTEGER NOT NULL DEFAULT 0,  -- bytes of its files
    status         TEXT NOT NULL DEFAULT '',    -- in the word of the service
    series_type    TEXT NOT NULL DEFAULT '',    -- standard, daily, anime
    added_at       INTEGER,
    seasons        TEXT NOT NULL DEFAULT '[]',  -- JSON: [number, monitored, episodes, files]
    file           TEXT NOT NULL DEFAULT '',    -- a film's file, as the service writes it
    PRIMARY KEY (service, service_id)
) WITHOUT ROWID;
CREATE INDEX arr_items_by_title ON arr_items (folded, kind);
CREATE INDEX arr_items_by_tvdb ON arr_items (tvdb_id) WHERE tvdb_id > 0;
CREATE INDEX arr_items_by_tmdb ON arr_items (tmdb_id) WHERE tmdb_id > 0;

CREATE TABLE arr_episodes (
    service   TEXT NOT NULL,
    id        INTEGER NOT NULL,
    series_id INTEGER NOT NULL,                 -- arr_items.service_id
    tvdb_id   INTEGER NOT NULL DEFAULT 0,
    season    INTEGER NOT NULL,
    number    INTEGER NOT NULL,
    absolute  INTEGER,
    air_date  TEXT NOT NULL DEFAULT '',         -- the day where it airs, 2024-05-17; empty: not known
    aired_at  INTEGER,                          -- epoch seconds
    title     TEXT NOT NULL DEFAULT '',
    monitored INTEGER NOT NULL,
    has_file  INTEGER NOT NULL,
    file_id   INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (service, id)
) WITHOUT ROWID;
CREATE INDEX arr_episodes_of_series ON arr_episodes (service, series_id, season, number);
CREATE INDEX arr_episodes_by_tvdb ON arr_episodes (tvdb_id) WHERE tvdb_id > 0;

-- What was found out of a service once, and what a person answered to it.
CREATE TABLE service_facts (
    service     TEXT NOT NULL,
    name        TEXT NOT NULL,
    value       TEXT NOT NULL DEFAULT '{}',     -- JSON
    at          REAL NOT NULL,
    answer      TEXT NOT NULL DEFAULT '',
    answered_at REAL,
    PRIMARY KEY (service, name)
) WITHOUT ROWID;
