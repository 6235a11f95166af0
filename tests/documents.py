"""Write the documents that are made from the code: `python -m tests.documents`, or `make documents`."""

from __future__ import annotations

from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"
KEYS, REFUSALS = DOCS / "keys.md", DOCS / "refusals.md"

PICTURES = DOCS.parent / "screenshots" / "README.md"

INTRODUCTION = """# Keys of the wizard

Made by `make documents` from the wizard's own commands, which also make its footer, its help and its list of all commands (`:`).

A single key looks, moves or marks; it never writes to your files or databases. What writes opens a dialog in which the safe
answer has the focus. While you type in a field, letters are text. Without screens (`migwizard --plain`) a number takes a
choice, and `h`, `b`, `u` and `q` mean the same as here: explain, back, undo, quit.
"""


def keys() -> str:
    """The text of docs/keys.md."""
    from migwizard.tui.commands import command_table

    return f"{INTRODUCTION}\n{command_table()}"


ON_REFUSALS = """# Refusals

Made by `make documents` from the engine's own table. A refusal stops before anything is harmed: it says what was found, what
is unchanged, and what can be done; "Quit, keep everything" is always among it. In the wizard it is a menu, without a person the
sentence and its exit code. The headlines stand here with the names of an example; the code is stable, for scripts.
Each one [as a picture](../screenshots/README.md#refusals).
"""


ON_PICTURES = """# Screenshots

Drawn by `make screenshots` from what the engine asked on the demo project (`migwizard demo`); this list by `make documents`.
CI draws them again and compares.
"""


def pictures() -> str:
    """The text of screenshots/README.md: every picture with its sizes, the refusals with their headlines."""
    from tests.tui.refusing import refusal
    from tests.tui.screenshots import PICTURES

    screens, stops = ["| what | sizes |", "|---|---|"], ["| code | it says |", "|---|---|"]
    for picture in PICTURES:
        links = [(f"{width}x{height}", picture.file((width, height)).name) for width, height in picture.sizes]
        kind, _, code = picture.question.partition(":")
        if kind == "refusal":
            stops.append(f"| [{code}]({links[0][1]}) | {refusal(code).headline} |")
        else:
            screens.append(f"| {picture.name} | {' · '.join(f'[{size}]({name})' for size, name in links)} |")
    return "\n".join([ON_PICTURES, "## Screens", "", *screens, "", "## Refusals", "", *stops, ""])


def refusals() -> str:
    """The text of docs/refusals.md."""
    from tests.tui.refusals import SECTIONS
    from tests.tui.refusing import refusal

    lines = [ON_REFUSALS]
    for title, examples in SECTIONS.items():
        lines += [f"## {title}", "", "| code | it says | what can be done | exit |", "|---|---|---|---|"]
        for code in (example.code for example in examples):
            question = refusal(code)
            cures = " · ".join(choice.words for choice in question.choices if choice.key != "quit")
            lines.append(f"| `{code}` | {question.headline} | {cures} | {int(question.exit_code)} |")
        lines.append("")
    return "\n".join(lines)


def main() -> None:
    for path, text in ((KEYS, keys()), (REFUSALS, refusals()), (PICTURES, pictures())):
        path.write_text(text, encoding="utf-8")
        print(path)


if __name__ == "__main__":
    main()
