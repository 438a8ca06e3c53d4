-- What is known of a release beside its row, for queries by hand and so that names are not read again.
ALTER TABLE releases ADD COLUMN categories TEXT NOT NULL DEFAULT '[]'; -- JSON: numbers
ALTER TABLE releases ADD COLUMN flags TEXT NOT NULL DEFAULT '[]';      -- JSON: words of the indexer, as freeleech
ALTER TABLE releases ADD COLUMN parsed TEXT NOT NULL DEFAULT '';       -- JSON: what the title says
