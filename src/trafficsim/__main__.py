"""``python -m trafficsim`` is the command ``trafficsim``."""

from trafficsim.cli import main

if __name__ == "__main__":
    main()
