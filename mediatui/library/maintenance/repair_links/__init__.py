"""repair-links: finds the files that dead links may have led to."""
