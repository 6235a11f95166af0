"""One screen a state, and those that lie across the ride."""
