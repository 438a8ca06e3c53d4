-- What changed in the library, link by link, for each media server that is to look at it; kept until it was seen there.
CREATE TABLE server_reports (
    server TEXT NOT NULL,                     -- model.media_server.ServerName
    path BLOB NOT NULL,                       -- a link of the library, or a folder that was moved
    kind TEXT NOT NULL CHECK (kind IN ('placed', 'swapped', 'removed')),
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'proven', 'missed')),
    transfer INTEGER,                         -- the transfer that brought it
    changed_at REAL NOT NULL,
    due_at REAL NOT NULL,                     -- when it is sent, or read back
    tries INTEGER NOT NULL DEFAULT 0,
    why TEXT NOT NULL DEFAULT '',             -- what it waits for, or what came of it
    reported TEXT NOT NULL DEFAULT '',        -- the folder that was named, as the server sees it
    sent_at REAL,
    reread INTEGER NOT NULL DEFAULT 0,        -- whether its file was asked to be read again
    proven_at REAL,
    PRIMARY KEY (server, path)
);
CREATE INDEX server_reports_due ON server_reports (state, due_at);
CREATE INDEX server_reports_transfer ON server_reports (transfer) WHERE transfer IS NOT NULL;

-- Which item of a media server a path of ours is.
CREATE TABLE server_items (
    server TEXT NOT NULL,
    path BLOB NOT NULL,
    item_id TEXT NOT NULL,
    kind TEXT NOT NULL,                       -- model.media_server.ServerKind
    library TEXT NOT NULL,
    seen_at REAL NOT NULL,
    PRIMARY KEY (server, path)
);

-- What users had seen of items that get another path, until it is compared with what the new ones say.
CREATE TABLE server_watched (
    server TEXT NOT NULL,
    path BLOB NOT NULL,                       -- the new path
    user_id TEXT NOT NULL,
    user_name TEXT NOT NULL,
    title TEXT NOT NULL,
    played INTEGER NOT NULL,
    position_s REAL NOT NULL,
    plays INTEGER NOT NULL,
    played_at REAL,
    noted_at REAL NOT NULL,
    PRIMARY KEY (server, path, user_id)
);
