"""``python -m trafficsim`` is the command ``trafficsim``."""

from trafficsim.base.isolation import forget_working_directory

if __name__ == "__main__":
    # Python has put the working directory first on the path: what lies beside a scenario is not ours to run.
    forget_working_directory()
    from trafficsim.cli import main

    main()
