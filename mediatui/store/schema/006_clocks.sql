-- What the wall clock was worth when a link was first seen bad, and when it was last looked at (store.machine).
ALTER TABLE library_links ADD COLUMN bad_clock TEXT;
ALTER TABLE library_links ADD COLUMN checked_clock TEXT;
