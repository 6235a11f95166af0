"""Fake: the databases, what each is like, what a switch does to its rows, and how it is done in other environments."""
