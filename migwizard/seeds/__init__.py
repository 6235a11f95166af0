"""Seeds: what no autodetector sees, and how it moves into the new history."""
