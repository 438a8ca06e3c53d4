"""Tab 3: statistics."""
