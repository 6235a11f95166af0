"""`python -m migwizard` is the same as the console script."""

from migwizard.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
