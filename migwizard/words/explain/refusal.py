"""Explanations of the screen: refusal."""

from __future__ import annotations

from migwizard.words.explain.text import Explain

CHECKPOINT = Explain(
    "The checkpoint remembers your step and your decisions. This one cannot be used as it is, and we do not guess.",
    "Set aside means renamed: every file stays, and the name can be given back.",
    "Quitting changes nothing.",
    "migwizard status",
)
DATABASE = Explain(
    "The database is not where it must be for a switch, so we do not touch it.",
    "Its list of migrations is all that tells what its tables are. A wrong list hides what is missing.",
    "Go on without it, and switch it later.",
    "migwizard fake --dry-run",
)
LOADING = Explain(
    "Your project's own code stopped, in a process of its own. Nothing was being written.",
    "We can only reset what can be loaded. The details name the file and the line.",
    "Mend it and try again, or take another Python or other settings.",
    "migwizard doctor",
)
ELSEWHERE = Explain(
    "Your project runs through a command of yours, in a container for example, and migwizard writes the files here.",
    "Both must hold the same files: what is written here is proved there. The command is started as it stands, without a shell.",
    "Nothing was written, here or there.",
    "migwizard doctor --via COMMAND",
)
VOID = Explain(
    "You approve exactly what will run. Something moved after that, so the approval does not count any more.",
    "What the change made stale is computed again; your decisions are kept.",
    "Nothing was swapped.",
)

TEXTS: dict[str, Explain] = {
    "refusal": Explain(
        "Something stands in the way, so we stopped before it could hurt.",
        "Each choice says what it does. Leaving is always possible: what was finished is kept.",
        "d shows the details, l the log.",
        "migwizard status",
    ),
    "stopped": Explain(
        "You stopped this step before its end.",
        "The steps before it are finished and stay so, with all that you decided. This step has no result yet, so it "
        "begins again.",
        "Nothing is lost, whichever you choose: leave, and migwizard goes on here.",
        "migwizard status",
    ),
    **dict.fromkeys(
        ("refusal.project", "refusal.history", "refusal.died", "refusal.failed", "refusal.variable"), LOADING
    ),
    **dict.fromkeys(("refusal.via", "refusal.via-differs"), ELSEWHERE),
    **{f"refusal.checkpoint-{kind}": CHECKPOINT for kind in ("foreign", "corrupt", "newer", "outside")},
    **{f"refusal.MW-E{number}": DATABASE for number in (11, 12, 13, 14, 15, 16, 17, 18, 20)},
    **dict.fromkeys(("refusal.unreachable", "refusal.missing", "refusal.switch"), DATABASE),
    "refusal.folder-gone": Explain(
        "The folder .migwizard holds staging, the proof and your decisions. Somebody removed it while the wizard was open.",
        "Your project is as it was: before Apply nothing of it is touched.",
        "A new reset asks again what you had decided.",
        "migwizard",
    ),
    "refusal.own-folder": Explain(
        "Everything that migwizard writes lies in .migwizard. A link in it leads elsewhere, where we write and remove nothing.",
        "Put the file or folder itself in the place of the link, or remove the link; then try again.",
        "Nothing was written, here or there.",
        "migwizard status",
    ),
    "refusal.not-switched": Explain(
        "A reset stands in this checkout already, and this database was not switched to it yet.",
        "A plain migrate fails there, since the new files would make tables that it has. migwizard fake records them instead.",
        "Run it in another terminal, then check again. If you wanted no second reset, it is all you need.",
        "migwizard fake",
    ),
    **dict.fromkeys(("refusal.staging-changed", "refusal.tree-changed", "refusal.file-changed"), VOID),
    "refusal.locked": Explain(
        "Another migwizard holds this project. Two at once could undo each other's work.",
        "Looking is possible meanwhile. Waiting goes on by itself.",
        "The lock is let go however the other one ends.",
    ),
    "refusal.not-equal": Explain(
        "The new files would not build the same database, so they cannot be swapped in.",
        "Mostly an old operation was left out that made something. Seeds is the place to keep it.",
        "Nothing was swapped.",
        "migwizard verify",
    ),
    "refusal.old-history": Explain(
        "We compare with what your old migrations build from nothing, and they do not get to their end.",
        "It often reads a setting, a file, or rows that only old databases have.",
        "Mend that migration; no database runs it again. Or change a scratch copy, which only the proof runs; the certificate "
        "says so.",
        "manage.py migrate on an empty database",
    ),
    **dict.fromkeys(
        ("refusal.MW-E30", "refusal.MW-E31", "refusal.MW-E33", "refusal.row-copy"),
        Explain(
            "The rows that undo puts back are not where the switch kept them.",
            "They are kept twice: in a table of the database, and in .migwizard/rows. The second copy is used when it is "
            "whole, and when the database is the one that was switched.",
            "Keeping everything changes nothing.",
            "migwizard undo",
        ),
    ),
    **dict.fromkeys(
        ("refusal.built-on", "refusal.MW-E32"),
        Explain(
            "A later migration needs the new files.",
            "Taking the reset back would leave it without its ground.",
            "Take the later one back first; the guide says how.",
            "migwizard undo",
        ),
    ),
}
"""By topic: "refusal" for the screen, "refusal.<code>" for one of them; "stopped" after a cancel."""
