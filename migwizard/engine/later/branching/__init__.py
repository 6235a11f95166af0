"""A branch that was made before a reset, after the reset was merged into it: its own migrations are led to the new files."""
