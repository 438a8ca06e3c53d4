-- Maintenance of the library: what names say, kept so that each name is parsed once.

CREATE TABLE names (
    name    TEXT PRIMARY KEY,                        -- as it was parsed: cut, and UTF-8
    version INTEGER NOT NULL,                        -- of the rules that parsed it
    parsed  TEXT NOT NULL                            -- JSON
) WITHOUT ROWID;

-- What the library is known to hold: from Sonarr and Radarr, else from the names in the tree.
ALTER TABLE media ADD COLUMN original_title TEXT;
ALTER TABLE media ADD COLUMN link_path BLOB;         -- the link in the library; file_path is what it leads to
ALTER TABLE media ADD COLUMN genres TEXT;            -- JSON list
ALTER TABLE media ADD COLUMN source TEXT;            -- radarr, sonarr or tree
ALTER TABLE media ADD COLUMN service_id INTEGER;     -- the id of the film or series there
ALTER TABLE media ADD COLUMN more_episodes TEXT;     -- JSON list: the other episodes of the same file
ALTER TABLE media ADD COLUMN series_type TEXT;       -- standard, daily or anime
ALTER TABLE media ADD COLUMN told_path BLOB;         -- where the service said it is; link_path follows our own moves
CREATE UNIQUE INDEX media_by_link_path ON media (link_path) WHERE link_path IS NOT NULL;
CREATE INDEX media_by_file_path ON media (file_path);
CREATE INDEX media_by_title ON media (kind, title, year);

-- What the tools of maintenance found, and the steps each finding proposes.
CREATE TABLE reports (
    id         INTEGER PRIMARY KEY,
    tool       TEXT NOT NULL,
    options    TEXT NOT NULL,                        -- JSON
    started_at REAL NOT NULL,
    ended_at   REAL,
    status     TEXT NOT NULL,                        -- running, done, cancelled, failed
    summary    TEXT NOT NULL DEFAULT '',
    counts     TEXT NOT NULL DEFAULT '{}'            -- JSON: findings of each category, and what was looked at
);
CREATE TABLE report_findings (
    report   INTEGER NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    category TEXT NOT NULL,
    path     BLOB NOT NULL,
    target   BLOB,
    reason   TEXT NOT NULL,
    facts    TEXT NOT NULL DEFAULT '{}',             -- JSON
    steps    TEXT NOT NULL DEFAULT '[]',             -- JSON: the steps that would mend it
    PRIMARY KEY (report, position)
) WITHOUT ROWID;
CREATE INDEX report_findings_by_category ON report_findings (report, category, position);

-- Findings somebody does not want to see again: by tool and path.
CREATE TABLE ignored_findings (
    tool TEXT NOT NULL,
    path BLOB NOT NULL,
    at   REAL NOT NULL,
    PRIMARY KEY (tool, path)
) WITHOUT ROWID;
