"""Proof: both histories run from zero on scratch databases, and what is made of their differences."""
