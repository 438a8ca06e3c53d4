"""Tab 5: maintenance of the library."""
