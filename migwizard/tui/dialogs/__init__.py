"""What lies over a screen for one answer or one look."""
