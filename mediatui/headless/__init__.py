"""The headless face: results to stdout, progress to stderr, exit codes."""
