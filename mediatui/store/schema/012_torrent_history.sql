-- What happened to a torrent as the archive saw it, the newest 20 of each: statuses it changed to, errors, when it left
-- the account and came back. Kept by triggers, so that whatever writes a torrent writes this too.
CREATE TABLE torrent_history (
    torrent_id TEXT NOT NULL REFERENCES torrents (id) ON DELETE CASCADE,
    at         INTEGER NOT NULL,                  -- epoch seconds
    what       TEXT NOT NULL,                     -- status, error, gone, back
    value      TEXT NOT NULL DEFAULT ''           -- the new status, or the sentence of the error
);
CREATE INDEX torrent_history_by_torrent ON torrent_history (torrent_id, at);
ALTER TABLE torrents ADD COLUMN changed_at INTEGER; -- when its status was last seen to change; NULL: never

CREATE TRIGGER torrent_history_of_status AFTER UPDATE OF status ON torrents WHEN NEW.status IS NOT OLD.status
BEGIN
    INSERT INTO torrent_history VALUES (NEW.id, NEW.last_seen_at, 'status', NEW.status);
    UPDATE torrents SET changed_at = NEW.last_seen_at WHERE key = NEW.key;
END;
CREATE TRIGGER torrent_history_of_errors AFTER UPDATE OF error ON torrents
WHEN NEW.error IS NOT NULL AND NEW.error IS NOT OLD.error
BEGIN
    INSERT INTO torrent_history VALUES (NEW.id, unixepoch(), 'error', NEW.error);
END;
CREATE TRIGGER torrent_history_of_account AFTER UPDATE OF gone_at ON torrents
WHEN (NEW.gone_at IS NULL) <> (OLD.gone_at IS NULL)
BEGIN
    INSERT INTO torrent_history
    VALUES (NEW.id, coalesce(NEW.gone_at, NEW.last_seen_at), iif(NEW.gone_at IS NULL, 'back', 'gone'), '');
END;
CREATE TRIGGER torrent_history_newest AFTER INSERT ON torrent_history
BEGIN
    DELETE FROM torrent_history WHERE torrent_id = NEW.torrent_id AND rowid NOT IN (
        SELECT rowid FROM torrent_history WHERE torrent_id = NEW.torrent_id ORDER BY at DESC, rowid DESC LIMIT 20);
END;
