"""The files of a seedbox over SFTP, and connections through its SSH login."""
