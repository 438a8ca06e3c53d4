-- What a scan could not judge, a row a place and reason, as JSON; NULL of scans before this.
ALTER TABLE scans ADD COLUMN unjudged TEXT;
