-- What Sonarr and Radarr answered when a film or series was looked up: kept for a day.

CREATE TABLE lookups (
    service TEXT NOT NULL,
    term    TEXT NOT NULL,
    found   TEXT NOT NULL, -- JSON
    at      REAL NOT NULL,
    PRIMARY KEY (service, term)
) WITHOUT ROWID;
