"""Apply: the files of the project, what else names them, the swap itself, and what the commit says of it."""
