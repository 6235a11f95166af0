"""Explanations of the screen: seeds."""

from __future__ import annotations

from migwizard.words.explain.text import Explain

TEXTS: dict[str, Explain] = {
    "seeds": Explain(
        "Some old migrations wrote rows, or ran SQL of their own. Each was watched on an empty scratch database.",
        "What leaves something belongs into every new database; what leaves nothing only repaired old data.",
        "Your word counts more than ours. Any verdict can be changed here until Apply.",
        "migwizard run --until seeds",
    ),
    "seeds.keep": Explain(
        "This one did nothing while we watched, yet it might elsewhere: on another engine, or with other settings.",
        "So we do not guess.",
        "Keeping it is safe, since new databases run it as before. Leave it out only when you know that nobody needs it.",
    ),
    "seeds.stuck": Explain(
        "This one left nothing while we watched, and it cannot come along: its evidence says why.",
        "A function without a name, for example, can be written into no other file.",
        "Left out, a database like the one it ran on lacks nothing. Yours keep all they have.",
    ),
    "seeds.seed": Explain(
        "These rows are in every database that the old history builds, so the new history brings them too.",
        "The function comes along with everything it needs; d shows the lines.",
        "Left out, new databases lack the rows. Proof says so, and you can take it back.",
    ),
    "seeds.rows": Explain(
        "The old code does not run any more, or leaves other rows than it once did.",
        "So the rows themselves are written into the seed file, with the values they had at the end.",
        "The ladder, with d, says what failed. Proof compares every row.",
    ),
    "seeds.sql": Explain(
        "This SQL makes something that no model describes, such as a view, a trigger or an index.",
        "makemigrations would never write it, so it is brought along by hand.",
        "Left out, new databases lack it. Proof says so.",
    ),
    "seeds.onetime": Explain(
        "On an empty database this leaves nothing: it repaired rows that existed once.",
        "New databases have no such rows, so it is left out.",
        "Kept, it runs on each new database; where the old code fails there, we say so and leave it out.",
    ),
    "seeds.dropped": Explain(
        "You leave this out, although it leaves something in every database that the old history builds.",
        "New databases will lack it from now on; those that exist keep it.",
        "Proof names the difference and asks whether you accept it. Enter takes your word back.",
    ),
    "seeds.object": Explain(
        "Your old databases have this, and neither a model nor a migration's SQL explains it.",
        "With SQL of our own the new history can make it too.",
        "Left out, old and new databases differ from now on; Proof names it.",
    ),
    "seeds.order": Explain(
        "A few dependencies more let migrate apply your files in an order in which Django renders fewer model classes.",
        "Nothing needs them, so an app then asks for another one that it could do without.",
        "Proof runs with them. You look at the changed files once more; the same button takes them out again.",
    ),
    "seeds.ordered": Explain(
        "Some new files depend on others for the order alone, since you wanted it: migrate renders fewer model classes.",
        "Taken out, each file depends on what it needs, and migrate takes as long as before.",
        "You look at the changed files once more; the same button adds them again.",
    ),
    "seeds.left-out": Explain(
        "Other operations need what you left out, so the new files cannot build a database.",
        "Rows may point at rows that are gone, or a table may be missing.",
        "Keep one of them again; nothing is lost, and you can decide otherwise later.",
    ),
}
"""By topic: "seeds" for the screen, "seeds.waiting" for something on it."""
