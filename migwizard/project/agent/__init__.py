"""Runs inside the project, with its interpreter: standard library and Django only, Python 3.8 and later."""
