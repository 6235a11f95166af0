"""Seeds: verdicts on old operations, what only a person can say of them, and the trials of the files they become."""
