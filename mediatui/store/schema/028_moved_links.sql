-- Whether a link only got another path: what it leads to is the same, and needs no reading before it is reported.
ALTER TABLE server_reports ADD COLUMN is_moved INTEGER NOT NULL DEFAULT 0;
