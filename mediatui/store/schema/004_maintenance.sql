-- Maintenance of the library: what names say, kept so that each name is parsed once.

CREATE TABLE names (
    name    TEXT PRIMARY KEY,                        -- as it was parsed: cut, and UTF-8
    version INTEGER NOT NULL,                        -- of the rules that parsed it
    parsed  TEXT NOT NULL                            -- JSON
) WITHOUT ROWID;
