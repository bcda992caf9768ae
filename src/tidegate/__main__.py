"""``python -m tidegate``: the command line, where no script was installed."""

from tidegate.cli import main

if __name__ == "__main__":
    main()
