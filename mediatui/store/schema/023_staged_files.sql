-- Where a mount shows the files of a transfer, their links in staging, and how far each has come.
ALTER TABLE transfer_files ADD COLUMN state TEXT NOT NULL DEFAULT '';   -- model.transfer_file.FileState
ALTER TABLE transfer_files ADD COLUMN why TEXT NOT NULL DEFAULT '';
ALTER TABLE transfer_files ADD COLUMN remote BLOB NOT NULL DEFAULT x'';
ALTER TABLE transfer_files ADD COLUMN link BLOB NOT NULL DEFAULT x'';
