"""This machine: files, symlinks, mounts, processes and threads; nothing here knows a setting or a service."""
