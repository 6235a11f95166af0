"""The guarded exchange of rows in django_migrations."""
