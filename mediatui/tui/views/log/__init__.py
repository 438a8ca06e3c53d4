"""Tab 0: the activity log."""
