"""cleanup: one file a category."""
