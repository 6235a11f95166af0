"""Why the rows that a switch takes out are more, or fewer, than the files that the reset replaces."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from migwizard.switch.manifest import Manifest, Node
from migwizard.words.counting import count


def why_not_as_files(rows: Sequence[Node], files: Collection[Node], manifest: Manifest) -> str:
    """The difference, reason by reason, so that the numbers add up; empty where there is none to explain.

    `rows` are the migrations whose rows go out, `files` the old ones that have a file.
    """
    if len(rows) == len(files):
        return ""
    reasons = [what for number, what in _reasons(rows, set(files), manifest) if number]
    verb = "goes" if len(rows) == 1 else "go"
    return f"{count(len(rows), 'row')} {verb} out for {count(len(files), 'file')}: {'; '.join(reasons)}."


def _reasons(rows: Sequence[Node], files: set[Node], manifest: Manifest) -> Iterator[tuple[int, str]]:
    """(how many, why): rows without a file, then files without a row."""
    replaced = {node for _, parts in manifest.alt for node in parts}
    squashed = replaced | {node for node, _ in manifest.alt}
    gone, absent = set(rows) - files, files - set(rows)
    tolerated, kept = gone & set(manifest.tolerate), absent & set(manifest.keep)
    parts, paired = (gone & replaced) - tolerated, (absent & squashed) - kept
    twice = sum(number - 1 for number in Counter(rows).values())
    yield len(parts), f"{count(len(parts), 'row')} of migrations that an earlier squash replaced, whose files are gone"
    yield len(tolerated), f"{count(len(tolerated), 'row')} of names without a file, tolerated by you"
    unknown = len(gone - parts - tolerated)
    yield unknown, f"{count(unknown, 'row')} of names without a file"
    yield twice, f"{count(twice, 'row')} recorded more than once"
    yield (
        len(paired),
        f"{count(len(paired), 'file has', 'files have')} no row, because the rows of a squash or of its parts stand for both",
    )
    yield (
        len(kept),
        f"{count(len(kept), 'file has a row that stays', 'files have rows that stay')}, because others name it",
    )
    rest = len(absent - paired - kept)
    yield rest, f"{count(rest, 'file has', 'files have')} no row"
