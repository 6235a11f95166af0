"""Which cures belong to which error code, the safest first. Leaving is offered with every one of them."""

from __future__ import annotations

from migwizard.engine.refusals import cures as c
from migwizard.engine.refusals.copying import scratch_copy
from migwizard.engine.refusals.cures import Cure
from migwizard.engine.states import State

CHECK_AGAIN = c.again("Check again", "looks at everything anew")
ANOTHER_START = c.again("Start it again", "loads the project anew; what was finished is kept")
VOID = "what became stale is computed anew; asks again where it looks different, and at Apply"

CURES: dict[str, tuple[Cure, ...]] = {
    "no-project": (c.other_folder,),
    "several-projects": (c.other_folder,),
    "interpreter": (c.other_python, c.again()),
    "no-environment": (c.again("I have made it: try again"), c.other_python),
    "via": (c.again(), c.other_via, c.other_via_root, c.other_python),
    "via-differs": (c.again("I have built it anew: try again"), c.show_files, c.other_via_root, c.other_via),
    "env-file": (c.again("I have mended it: try again"),),
    "variable": (c.found_env_file, c.env_file, c.traceback, c.other_settings, c.again()),
    "config": (c.again("I have mended it: try again"),),
    "environment": (c.again(),),
    "answers": (c.again("I have mended it: try again"),),
    "answer": (c.again("Ask me again"),),
    "app": (c.again("I have mended it: try again"),),
    "outside": (c.leave_app_out, c.again()),
    "odd-file": (c.leave_app_out, CHECK_AGAIN),
    "project": (c.traceback, c.other_python, c.other_settings, c.again(), c.env_file),
    "history": (c.traceback, CHECK_AGAIN),
    "died": (ANOTHER_START, c.traceback, c.other_python),
    "failed": (c.traceback, c.again(), c.other_python),
    "protocol": (c.again(), c.other_python),
    "check": (c.messages, CHECK_AGAIN),
    "conflict": (c.show_both, c.merge_command, CHECK_AGAIN),
    "dirty": (c.show_files, c.git_commands, c.again("I have committed them: check again", "looks at everything anew")),
    "git": (c.git_cure, c.again("I have mended it: check again", "looks at everything anew")),
    "drift": (c.drift_commands, CHECK_AGAIN, c.leave_drift),
    "drift-write": (c.leave_drift, c.traceback, CHECK_AGAIN),
    "keep-after": (c.other_cut, c.fold_all, CHECK_AGAIN),
    "kept": (c.other_cut, c.fold_all, CHECK_AGAIN),
    "replaces": (c.without_replaces, CHECK_AGAIN),
    "migrations-disabled": (c.other_settings, CHECK_AGAIN),
    "engine": (c.other_settings, c.skip, CHECK_AGAIN),
    "scratch": (CHECK_AGAIN, c.other_scratch, c.uses),
    "scratch-where": (c.other_scratch, CHECK_AGAIN, c.back_to(State.PROOF)),
    "checkpoint-foreign": (c.own, c.aside),
    "checkpoint-corrupt": (c.previous, c.own, c.aside),
    "checkpoint-newer": (c.update, c.aside),
    "checkpoint-outside": (c.own, c.aside),
    "journal-outside": (c.journal, c.again()),
    "journal-corrupt": (c.journal, c.again()),
    "own-folder": (
        c.again(
            "I have replaced or removed it: try again", "what the link leads to is put in its place, or is not needed"
        ),
    ),
    "folder-gone": (c.again("Begin anew", "begins a new reset; nothing of the old one is left"),),
    "locked": (c.look, c.wait, c.again()),
    "disk-full": (c.again("I have made room: try again"), c.uses),
    "read-only": (c.again(), c.uses),
    "os-error": (c.again(), c.uses),
    "defect": (c.again(), c.traceback, c.aside_before_apply),
    "unreachable": (c.again(), c.other_scratch, c.skip, c.traceback),
    "not-switched": (c.switch_to_earlier, CHECK_AGAIN),
    "missing": (CHECK_AGAIN, c.skip),
    "database": (c.again(),),
    "switch": (c.again(), c.skip, c.traceback),
    "pending": (c.again(), c.traceback),
    "MW-E02": (c.other_tag, c.again(), c.back_to(State.LEVELS)),
    "MW-E10": (c.again(), c.rows),
    "MW-E11": (c.skip, c.again()),
    "MW-E12": (c.behind, CHECK_AGAIN, c.skip),
    "MW-E13": (c.way_back, c.search_git, CHECK_AGAIN, c.rows, c.skip, c.tolerate),
    "MW-E14": (c.rows, CHECK_AGAIN, c.skip),
    "MW-E15": (CHECK_AGAIN, c.rows, c.skip),
    "MW-E16": (c.again(), c.rows, c.skip, c.traceback),
    "MW-E17": (c.again(), c.rows, c.skip),
    "MW-E18": (c.again(), c.rows, c.skip),
    "MW-E20": (c.again(), c.wait_for_database, c.skip),
    "MW-E30": (c.keep, c.row_copy, c.rows, c.traceback),
    "MW-E31": (c.keep, c.row_copy, c.rows, c.traceback),
    "MW-E32": (c.keep, c.guide_undo, c.rows),
    "MW-E33": (c.keep, c.traceback),
    "row-copy": (c.keep, c.again()),
    "built-on": (c.keep, c.guide_undo),
    "half-swapped": (CHECK_AGAIN, c.recover),
    "still-needed": (c.keep, c.show_files, c.aside),
    "no-backup": (c.keep, c.from_git),
    "backup": (c.again(), c.uses),
    "finished": (c.look, c.aside),
    "retired": (c.look, c.aside),
    "old-history": (c.traceback, scratch_copy, CHECK_AGAIN),
    "new-history": (c.traceback, c.take_in, c.back_to(State.SEEDS), c.leave_app_out, c.again()),
    "not-equal": (
        c.report,
        c.back_to(State.SEEDS),
        c.back_to(State.GENERATE),
        c.again("Prove again", "runs what is needed again"),
    ),
    "staging-changed": (c.again("Prove again", VOID),),
    "tree-changed": (c.again("Compute again", VOID),),
    "file-changed": (c.again("I have put it aside: try again"), c.show_files),
    "tree": (c.traceback, c.again(), c.back_to(State.SEEDS)),
    "unexplained": (c.back_to(State.LEVELS), c.again()),
    "neighbour": (c.take_in, c.back_to(State.GRAPH), c.again(), c.traceback),
    "plan": (c.back_to(State.GRAPH), c.again()),
    "order": (c.back_to(State.LEVELS), c.again()),
    "name": (c.back_to(State.LEVELS), c.again()),
    "tag": (c.other_tag, c.back_to(State.LEVELS), c.again()),
}

OTHERS: tuple[Cure, ...] = (c.again(), c.traceback)
"""For codes that are not in the table."""


def cures_of(code: str) -> tuple[Cure, ...]:
    return CURES.get(code, OTHERS)
