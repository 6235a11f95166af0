"""The parts that screens are built of; each gets its data and never asks the app for it."""
