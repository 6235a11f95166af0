"""What a screen shows as a table, told as lines: short, one fact each, in an order that can be listened to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from migwizard.engine import previews
from migwizard.engine.previews import Preview
from migwizard.words.counting import count, some
from migwizard.words.sentences import dotted
from migwizard.words.times import ago, duration, local

SOME = 12
"""Things of a kind that are named one by one; the rest is counted."""

GROUPS = {
    "all": "All databases at once",
    "apps": "Change which apps take part",
    "confirm": "Confirm with the project's own migrate",
    "details": "Details",
    "dot": "Use a dot file",
    "edit": "Edit a file",
    "files": "Show a file",
    "later": "Databases that wait",
    "many": "Several differences at once",
    "names": "Change names of files",
    "order": "Change the order of the files",
    "picture": "Save a picture of the models",
    "save": "Save to a file",
    "show": "Show more",
    "source": "Take the models from somewhere else, or load them again",
    "verdicts": "Overrule a verdict",
}
"""A group without words of its own is named after what it is about: preflight's finding "Git"."""


def group_words(group: str, number: int) -> str:
    """The words of the one line that a group of choices folds into."""
    return f"{GROUPS.get(group, group)}, {count(number, 'choice')}"


def telling(preview: Preview | None, now: datetime | None = None) -> list[str]:
    """The lines of a preview; none where there is nothing to show. Times are told as seen from `now`."""
    if isinstance(preview, previews.ResumePreview):
        return _resume(preview, now or datetime.now().astimezone())
    if isinstance(preview, previews.UndoPreview):
        return _undo(preview, now or datetime.now().astimezone())
    return [] if preview is None else _TELLERS[type(preview)](preview)


def listed(items: Iterable[str], some: int = SOME) -> str:
    """ "a, b, c", and how many more."""
    items = list(items)
    more = len(items) - some
    return ", ".join(items[:some]) + (f", and {more} more" if more > 0 else "")


def _cut(lines: list[str], some: int, thing: str) -> list[str]:
    more = len(lines) - some
    return lines[:some] + ([f"And {count(more, thing)} more."] if more > 0 else [])


def _preflight(preview: previews.PreflightPreview) -> list[str]:
    good = [finding.name for finding in preview.findings if finding.status == "ok"]
    lines = [f"ok: {', '.join(good)}."] if good else []
    words = {"note": "Note", "stop": "STOP", "waiting": "Waits"}
    lines += [
        f"{words[finding.status]}, {finding.name}: {dotted(finding.text)}"
        for finding in preview.findings
        if finding.status != "ok"
    ]
    return lines + ([dotted(preview.unchanged)] if preview.unchanged else []) + _log(preview.log)


def _with_models(app: previews.AppLine) -> str:
    return f"{app.label} ({count(app.models, 'model')})"


def _graph(preview: previews.GraphPreview) -> list[str]:
    taking = [app for app in preview.apps if app.takes_part]
    out = [app.label for app in preview.apps if app.ours and not app.takes_part]
    others = [app.label for app in preview.apps if not app.ours]
    lines = [f"In: {listed(_with_models(app) for app in taking)}."]
    if out:
        lines.append(f"Left out: {listed(out)}.")
    if others:
        lines.append(f"Not touched: {listed(others)}.")
    cycles: dict[int, list[str]] = {}
    for app in taking:
        if app.cycle is not None:
            cycles.setdefault(app.cycle, []).append(app.label)
    lines += [f"Cycle {number}: {' and '.join(labels)} need each other." for number, labels in sorted(cycles.items())]
    return lines + [f"Note: {dotted(problem)}" for problem in preview.problems]


def _waits(waiting: previews.Waiting) -> str:
    return f"Waits: {waiting.what}, returns in {waiting.returns_in}, level {waiting.returns_at}."


def _levels(preview: previews.LevelsPreview) -> list[str]:
    files = [
        f"Level {file.level}: {file.app}/{file.name}, {count(file.models, 'model')}"
        + (f", in cycle {file.cycle}" if file.cycle is not None else "")
        + "."
        for file in preview.files
    ]
    lines = _cut(files, 4 * SOME, "file")
    lines += _cut([_waits(waiting) for file in preview.files for waiting in file.waiting], SOME, "waiting part")
    for order in preview.orders:
        marks = [mark for mark, on in (("chosen", order.chosen), ("recommended", order.recommended)) if on]
        cost = f"{count(order.files, 'file')}, {count(len(order.waiting), 'part waits', 'parts wait')}"
        lines.append(
            f"Cycle {order.cycle}, {' then '.join(order.apps)}: {cost}{''.join(f', {mark}' for mark in marks)}."
        )
    return lines + _cut([line.strip() for line in preview.kept], 2 * SOME, "line")


def _generate(preview: previews.GeneratePreview) -> list[str]:
    """What waits was told with the plan, and is in the text of the question."""
    files = []
    for file in preview.files:
        alone = "" if file.literal_lines == file.written_lines else f"; makemigrations alone: {file.literal_lines}"
        guard = f"; our guard: {file.guard}" if file.guard else ""
        line = f"Level {file.level}: {file.app}/{file.name}, {count(file.written_lines, 'line')}{alone}{guard}."
        files.append(" ".join([line, *(dotted(part) for part in (file.edited, file.broken) if part)]))
    return _cut(files, 4 * SOME, "file")


def _seeds(preview: previews.SeedsPreview) -> list[str]:
    seeds = [_seed(seed) for seed in sorted(preview.seeds, key=lambda seed: seed.verdict != "ask")]
    objects = [f"{kind} {name}: from {source}." for kind, name, source in preview.objects]
    return [*_cut(seeds, 4 * SOME, "operation"), *_cut(objects, SOME, "object of the database")]


def _seed(seed: previews.SeedLine) -> str:
    verdict = "to decide" if seed.verdict == "ask" else seed.verdict
    if seed.decided:
        verdict = f"{'kept' if seed.decided == 'keep' else 'left out'}, as you decided"
    parts = [
        verdict,
        f"left {seed.left or 'nothing'}" if seed.left[:1].isdigit() or not seed.left else seed.left,
        *([f"kept: {seed.how}"] if seed.how else []),
        *([f"in {seed.file}"] if seed.file else []),
        *([seed.reason] if seed.reason and not seed.how else []),
    ]
    return f"{seed.describe}: {dotted('; '.join(parts))}"


def _proof(preview: previews.ProofPreview) -> list[str]:
    lines = [f"Engine: {dotted(preview.engine)}", *(f"{run}: {dotted(result)}" for run, result in preview.runs)]
    equal = [
        f"{what} {old}".strip() if old == new else f"{what} {old} and {new}"
        for what, old, new, same in preview.figures
        if same and what != "files"
    ]
    lines += [f"Files: {old} and {new}." for what, old, new, _ in preview.figures if what == "files"]
    if equal:
        lines.append(f"Equal: {', '.join(equal)}.")
    lines += [f"{what}: old {old}, new {new}." for what, old, new, same in preview.figures if not same]
    differences = [
        f"{'Note ' if difference.severity == 'info' else ''}D{difference.number}: {dotted(difference.sentence)}"
        + (f" Decided: {difference.decision}." if difference.decision else "")
        for difference in preview.differences
    ]
    lines += _cut(differences, 2 * SOME, "difference")
    return lines + [f"Caveat: {dotted(caveat)}" for caveat in preview.caveats]


def _apply(preview: previews.ApplyPreview) -> list[str]:
    out, into = sum(len(app.out) for app in preview.apps), sum(len(app.into) for app in preview.apps)
    head = f"{count(out, 'file')} out, {into} in" + (", done." if preview.applied else ".")
    apps = [f"{app.label}: {len(app.out)} out, in: {listed(app.into)}." for app in preview.apps]
    lines = [head, *_cut(apps, 2 * SOME, "app")]
    if preview.also:
        lines.append(f"Also written: {some(preview.also)}.")
    if preview.proof:
        lines.append(f"Proof: {dotted(preview.proof)}")
    if preview.stays:
        lines.append(f"Stays: {listed(preview.stays)}.")
    if preview.kept:
        lines.append(f"{preview.kept}.")
    if preview.callers:
        lines.append(
            f"Migrations that go are named at {some(preview.callers)}: what these ask for there will be missing."
        )
    backups = [place for place in (preview.backup, preview.second_backup) if place]
    if backups:
        lines.append(f"Backup: {', and '.join(backups)}.")
    if preview.approved:
        lines.append(f"Approved preview: {preview.approved}.")
    return lines


def _fake(preview: previews.FakePreview) -> list[str]:
    databases = [
        f"{database.alias}, {database.where}{'' if database.local else ', not local'}: {dotted(database.says)}"
        + (f" Rows: {database.rows_out} out, {database.rows_in} in." if database.rows_out or database.rows_in else "")
        + (f" {database.why}" if database.why else "")
        + (
            f" {count(database.untouched, 'row of other apps is', 'rows of other apps are')} not touched."
            if database.untouched
            else ""
        )
        + (f" {dotted(database.more)}" if database.more else "")
        for database in preview.databases
    ]
    lines = _cut(databases, SOME, "database") or ["No database is named by the settings."]
    lines += preview.elsewhere
    lines += [f"Dry run: {dotted(preview.dry)}"] if preview.dry else []
    return [*lines, *([f"Backup: {preview.backup}."] if preview.backup else [])]


def _done(preview: previews.DonePreview) -> list[str]:
    lines = [
        f"Migration files: {preview.files_before} before, {preview.files_after} after{f': {preview.made}' if preview.made else ''}.",
    ]
    if preview.rendered_before:
        lines.append(
            f"Model classes that migrate from zero renders: {preview.rendered_before:,} before, {preview.rendered_after:,} after."
        )
    if preview.proof:
        lines.append(f"Proof: {dotted(preview.proof)}")
    if preview.operations:
        lines.append(f"Old data: {dotted(preview.operations)}")
    lines += [f"Database {alias}: {dotted(says)}" for alias, says in preview.databases]
    lines += [f"Decided by you: {dotted(decision)}" for decision in preview.decided]
    if preview.left:
        lines.append("Left for you:")
        lines += [f"{what}: {dotted(how)}" for what, how in preview.left]
    return [*lines, *([f"Saved: {', '.join(preview.saved)}."] if preview.saved else [])]


def _resume(preview: previews.ResumePreview, now: datetime) -> list[str]:
    stopped = "Finished." if preview.finished else f"Stopped at {preview.stopped or preview.state}."
    lines = [f"{stopped} Last saved {ago(local(preview.when), now)}."]
    if preview.done:
        lines.append(f"Done: {', '.join(preview.done)}.")
    if preview.staged:
        lines.append(f"{count(preview.staged, 'new file')} in staging.")
    if preview.decided:
        lines.append(f"Decided: {listed(preview.decided)}.")
    lines += _cut([f"Changed since: {dotted(change)}" for change in preview.changed], 5, "change")
    if preview.stale:
        time = f", {duration(preview.seconds)}" if preview.seconds else ""
        lines.append(f"Computed again: {', '.join(preview.stale)}{time}.")
    return [*lines, "The new files are in the project." if preview.applied else "Project: unchanged."]


def _refusal(preview: previews.RefusalPreview) -> list[str]:
    lines = [dotted(text) for text in (preview.sentence, preview.unchanged) if text]
    return lines + _log(preview.log)


def _log(path: str) -> list[str]:
    return [f"Log: {path}"] if path else []


def _undo(preview: previews.UndoPreview, now: datetime) -> list[str]:
    lines = [
        f"Done{f' {ago(local(act.at), now)}' if act.at else ''}: {act.what}. Undo: {dotted(act.undone)}"
        for act in preview.acts
    ]
    lines = lines or ["Nothing has changed in your project."]
    words = {"ok": "ok", "note": "Note", "stop": "STOP", "waiting": "Waits"}
    lines += [f"{words[finding.status]}: {dotted(finding.text)}" for finding in preview.looked]
    return [*lines, *([f"Backup: {preview.backup}."] if preview.backup else [])]


_TELLERS: dict[type, Callable[[Any], list[str]]] = {
    previews.PreflightPreview: _preflight,
    previews.GraphPreview: _graph,
    previews.LevelsPreview: _levels,
    previews.GeneratePreview: _generate,
    previews.SeedsPreview: _seeds,
    previews.ProofPreview: _proof,
    previews.ApplyPreview: _apply,
    previews.FakePreview: _fake,
    previews.DonePreview: _done,
    previews.RefusalPreview: _refusal,
}
