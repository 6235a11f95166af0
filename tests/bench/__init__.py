"""What a reset costs, as ratios to Django's own commands: `python -m tests.bench [PART...]`, or `make bench`."""
