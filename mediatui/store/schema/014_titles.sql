-- Every title that Sonarr and Radarr know a series or film by, as they last reported it.
CREATE TABLE known_titles (
    id         INTEGER PRIMARY KEY,
    source     TEXT NOT NULL,    -- the name of the service
    service_id INTEGER NOT NULL, -- the id of the series or film there
    kind       TEXT NOT NULL,    -- series, film
    catalog_id INTEGER,          -- its id at TVDB (series) or TMDB (films)
    year       INTEGER,
    title      TEXT NOT NULL,
    key        TEXT NOT NULL,    -- the same for all spellings of the title
    folding    INTEGER NOT NULL, -- the version of the rules that made the key
    role       TEXT NOT NULL,    -- title, original, alternative
    season     INTEGER           -- the only season an alternative title is for; -1: its releases count other numbers
);
CREATE INDEX known_titles_by_item ON known_titles (source, service_id);
CREATE INDEX known_titles_by_key ON known_titles (key, kind);
