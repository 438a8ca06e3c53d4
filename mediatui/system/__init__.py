"""This machine: files, symlinks, mounts, processes and threads; independent of settings and services."""
