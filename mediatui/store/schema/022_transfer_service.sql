-- The Sonarr or Radarr that a transfer of route arr is sent through, by its name in the settings.
ALTER TABLE transfers ADD COLUMN service TEXT NOT NULL DEFAULT '';
