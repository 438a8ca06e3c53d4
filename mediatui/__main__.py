"""``python -m mediatui``."""

from mediatui.cli import main

if __name__ == "__main__":
    main()
