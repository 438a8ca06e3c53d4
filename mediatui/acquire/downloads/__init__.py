"""From any folder of downloads to the library."""
