-- Links that Sonarr or Radarr take only once their targets are back: a rescan is owed then.
CREATE TABLE rescans_owed (
    service TEXT NOT NULL,                            -- the name of the Sonarr or Radarr
    path    BLOB NOT NULL,
    since   REAL NOT NULL,                            -- epoch seconds
    PRIMARY KEY (service, path)
) WITHOUT ROWID;
