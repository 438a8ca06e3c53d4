"""Everything one can ask for, written once for the command line and for the screens."""
