"""Generate: the new files in the staging folder, what a person changed in them, and how both are shown."""
