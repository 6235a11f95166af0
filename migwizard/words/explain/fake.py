"""Explanations of the screen: fake."""

from __future__ import annotations

from migwizard.words.explain.text import Explain

TEXTS: dict[str, Explain] = {
    "fake": Explain(
        "A database lists its applied migrations in one table. Those rows get the new names.",
        "Its tables are right already; only that list speaks of files that are gone.",
        "One transaction, a copy of every row, and a refusal where anything is not as expected. u puts the rows back.",
        "migwizard fake --database NAME",
    ),
    "fake.switched": Explain(
        "This database knows the new history.",
        "We asked migrate what it would do: nothing of your project.",
        "b or u puts the old rows back, with the same ids and times, until new migrations are applied.",
        "manage.py migrate --plan",
    ),
    "fake.refused": Explain(
        "This database is not exactly where the old history ended, so its rows are left alone.",
        "Renaming them now would hide for ever what is missing there.",
        "It works on as before. Mend it, then run the command; until then migrate stops there before it writes.",
        "migwizard fake --database NAME",
    ),
    "fake.after": Explain(
        "This is where each database stands now.",
        "Django can confirm it: its own fake command has to answer that there is nothing to apply.",
        "What is not switched yet keeps working; migrate stops there before it writes. u puts rows back.",
        "manage.py migrate --plan",
    ),
}
"""By topic: "fake" for the screen, "fake.switched" for something on it."""
