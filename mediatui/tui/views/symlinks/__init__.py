"""Tab 4: the symlink scanner."""
