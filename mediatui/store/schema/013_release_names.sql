-- What Sonarr has on record of the release of a file: names, and the season and episodes it counts there (JSON).
ALTER TABLE media ADD COLUMN release_names TEXT;
ALTER TABLE media ADD COLUMN scene_season INTEGER;
ALTER TABLE media ADD COLUMN scene_episodes TEXT;
