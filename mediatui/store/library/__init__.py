"""The tables of the library: links, scans, findings, media, views."""
