"""Tab 6: plans and the journal."""
