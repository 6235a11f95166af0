"""The words of this tool, one meaning each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Word:
    """A word, what it means here, and its neighbours."""

    means: str
    see: tuple[str, ...] = ()
    """Other words of the glossary."""


GLOSSARY: dict[str, Word] = {
    "migration": Word(
        "A Python file in an app's migrations folder. It tells Django one step from one shape of the database to the next.",
        ("history",),
    ),
    "history": Word(
        "Every migration of the project together, sorted so that each comes after those it needs.",
        ("migration", "old head"),
    ),
    "level": Word(
        "A number that says how early a table can be made. A table on level 0 points at no other; one on level 3 points at "
        "something on level 2 and at nothing higher.",
        ("cycle", "deferred relation"),
    ),
    "cycle": Word(
        "A ring: each member needs the next, and the last needs the first. None of them can be finished before the others, "
        "so one relation is left for later.",
        ("level", "deferred relation"),
    ),
    "deferred relation": Word(
        "A link to a table that does not exist yet. The link waits, and a later file adds it. On the screens: waits, returns.",
        ("cycle", "stripped"),
    ),
    "stripped": Word(
        "Said of lines that makemigrations wrote and that cannot run yet. They are taken out, and the place where they come "
        "back is noted beside them.",
        ("deferred relation", "level"),
    ),
    "seed": Word(
        "Rows without which a new database would be incomplete: currencies, groups, categories. An old migration wrote them; "
        "the new history must write them too.",
        ("one-time", "materialised"),
    ),
    "one-time": Word(
        "An old step that mended data once. An empty database has nothing to mend, so new databases do without it.",
        ("seed", "elidable"),
    ),
    "schema SQL": Word(
        "SQL written by hand for something that no model describes: a view, a trigger, a special index.",
        ("seed", "proof"),
    ),
    "materialised": Word(
        "The seed file holds the rows themselves, since the function that once made them cannot run on today's models.",
        ("seed",),
    ),
    "scratch database": Word(
        "A database of our own: empty at the start, used for one test, removed at its end. Yours is never used for tests.",
        ("proof",),
    ),
    "proof": Word(
        "Two scratch databases, one built by the old history and one by the new, compared in every table, column, index, "
        "view, trigger and row. Only a comparison that really ran is called proved.",
        ("certificate", "scratch database", "drift"),
    ),
    "certificate": Word(
        "What a proof leaves behind in writing: what was compared, on which versions, each difference, and who decided on it.",
        ("proof",),
    ),
    "fake": Word(
        "Django's name for writing down that a migration has run when it has not. By itself it checks nothing.",
        ("switch",),
    ),
    "switch": Word(
        "Fake with a guard. The database must be exactly at the old head; then its old rows in django_migrations make room "
        "for the new ones, in one transaction and with a backup.",
        ("fake", "old head"),
    ),
    "old head": Word(
        "Where a database stands that has run every old migration and nothing else.", ("history", "switch")
    ),
    "drift": Word(
        "Two descriptions that should agree and do not: migrations and models, or migrations and a living database.",
        ("proof",),
    ),
    "swappable": Word(
        "A model that a setting may replace, as AUTH_USER_MODEL replaces the user. Whoever points at it names the setting.",
        ("level",),
    ),
    "squash": Word(
        "Django's squashmigrations: it joins the migrations of one app, and stops at what it cannot join.",
        ("elidable", "migration"),
    ),
    "elidable": Word(
        "A note by the author of a migration: this step may be left out when migrations are joined.",
        ("one-time", "squash"),
    ),
    "staging": Word(
        "A folder in .migwizard. New files lie there, and can be read and edited, until you apply them.",
        ("checkpoint",),
    ),
    "checkpoint": Word(
        "The file that keeps your step and your decisions. You can stop at any moment and go on tomorrow.",
        ("staging",),
    ),
    "manifest": Word(
        "A file to be committed. It tells staging, production and colleagues which old migrations became which new ones.",
        ("switch", "runbook"),
    ),
    "runbook": Word(
        "A page of instructions for everywhere else: staging, production, and branches that were begun before the reset.",
        ("manifest", "switch"),
    ),
    "guest": Word(
        "Your project's own Python. Your code runs there, in a process apart from the wizard.",
        ("scratch database",),
    ),
}

NEVER: tuple[str, ...] = (
    "Change a database that you have not confirmed by name or by a button that says so.",
    "Change a table of yours other than django_migrations; a backup table is added beside that one.",
    "Touch the migrations of Django or of a package.",
    "Swap files that differ from those that were proved.",
    "Remove an old file before two copies of it were written and read back.",
    "Guess what a step does that ran no statement: it asks.",
    "Write when a single key is pressed: whatever writes has a dialog, and Enter means no.",
    "Commit, push, or run git commands that change anything.",
    "Talk to anything on the network but the databases of your settings.",
    "Carry on after a surprise: it stops, says what is unchanged, and offers cures.",
)
"""What this tool will not do."""
