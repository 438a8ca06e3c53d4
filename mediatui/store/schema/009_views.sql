-- What the views of the mounts showed in the last scan that passed, and targets that were good then.
CREATE TABLE mount_views (
    mount        BLOB NOT NULL,                      -- the mount point it lies on, or the configured folder
    view         BLOB NOT NULL,                      -- its path below the mount: /movies; / is the mount itself
    names        BLOB NOT NULL,                      -- what was in it, joined by slashes
    was_mount    INTEGER NOT NULL,                   -- whether the mount was a mount point
    scan_id      INTEGER NOT NULL,
    at           REAL NOT NULL,
    refreshed_by INTEGER,                            -- the last scan that had rclone read it anew
    PRIMARY KEY (mount, view)
) WITHOUT ROWID;

CREATE TABLE canaries (
    mount   BLOB NOT NULL,
    view    BLOB NOT NULL,
    target  BLOB NOT NULL,
    scan_id INTEGER NOT NULL,
    PRIMARY KEY (mount, view, target)
) WITHOUT ROWID;
