"""The demo: a shop with an honest, ugly history."""
