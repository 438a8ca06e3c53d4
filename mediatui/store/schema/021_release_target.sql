-- What a person chose a release for (model.target).
ALTER TABLE releases ADD COLUMN target TEXT NOT NULL DEFAULT ''; -- JSON
