-- The batch that gave an item another path: what its users had seen is set again as part of it.
ALTER TABLE server_watched ADD COLUMN batch INTEGER NOT NULL DEFAULT 0;
