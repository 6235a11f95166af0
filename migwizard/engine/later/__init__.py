"""After a reset: taken back, ended, and met by branches from before it."""
