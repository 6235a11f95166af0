"""Finding the Django project and talking to it through its own interpreter."""
