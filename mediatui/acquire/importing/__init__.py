"""From proven links in staging to the library."""
