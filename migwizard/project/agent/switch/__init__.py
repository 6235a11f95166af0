"""The switch: one project's rows in django_migrations, old history out, new history in, all or nothing.

The schema does not change: the database already has every table that the new history builds. What changes is which
migrations Django believes it has applied. Unlike `migrate --fake` the switch refuses a database that is not exactly
at the old head, keeps every old row, leaves the rows of other apps alone and sends no signal.

Standard library and Django only, in modules that import each other's names and nothing else of ours: they are also
written out into one file, for images that do not hold the wizard. So a name without underscore means one thing in all
of them. The manifest is the plain dict of the committed JSON file. Nothing is imported here: the wizard's own process
uses some of their words, and has no use for Django.
"""
