"""What a run needs: where its files are, the log, the context, the jobs."""
