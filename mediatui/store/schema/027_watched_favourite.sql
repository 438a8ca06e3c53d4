-- Whether an item that gets another path was a favourite of a user.
ALTER TABLE server_watched ADD COLUMN favourite INTEGER NOT NULL DEFAULT 0;
