"""Proof: the new history builds the database that the old one built."""
