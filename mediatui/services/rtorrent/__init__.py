"""rTorrent, over SCGI or HTTP."""
