"""The only door to change: plan, guard, apply, journal, undo."""
