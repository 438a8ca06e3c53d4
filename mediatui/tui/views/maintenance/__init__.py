"""Tab 5: looking after the library."""
