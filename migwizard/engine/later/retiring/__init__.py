"""The end of a reset: what it left in files and databases goes, once every environment has moved."""
