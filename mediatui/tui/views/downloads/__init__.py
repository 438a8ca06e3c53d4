"""A folder of downloads on its way into the library."""
