"""From operations to batches: which migration holds what, and in which order."""
