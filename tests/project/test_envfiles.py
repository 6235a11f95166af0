"""Files of variables: what is read of them, what is refused, and that no message ever holds a value."""

from __future__ import annotations

from pathlib import Path

import pytest

from migwizard.cli import main
from migwizard.errors import UsageError
from migwizard.project.envfiles import parse_env, read_env_files
from migwizard.project.hiding import hidden
from tests.project.support import Shell, write

WHOLE = """\
# a comment

A=1
 export B = two words # and a comment
C='as $IT stands # here'
D="with \\"quotes\\", a \\$, a tab\\t and
two lines" # behind
E=
F= # nothing
G=#1
H=it's
"""


def test_what_is_read() -> None:
    assert parse_env(WHOLE, "x") == {
        "A": "1",
        "B": "two words",
        "C": "as $IT stands # here",
        "D": 'with "quotes", a $, a tab\t and\ntwo lines',
        "E": "",
        "F": "",
        "G": "#1",
        "H": "it's",
    }


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("A=1\nhidden-value\n", 2, "this is no NAME=value"),
        ("A='hidden-value\n", 1, "a quote is not closed"),
        ('A=1\n\nB="hidden-value" more\n', 3, "this is no NAME=value"),
        ("1A=hidden-value\n", 1, "this is no NAME=value"),
        ("A=hidden-value$OTHER\n", 1, "the value of A names another variable"),
        ('A=1\nB="hidden-value${OTHER}"\n', 2, "the value of B names another variable"),
    ],
)
def test_what_is_refused_without_its_value(text: str, line: int, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_env(text, ".env")
    assert caught.value.sentence.startswith(f".env, line {line}: ")
    assert says in caught.value.sentence
    assert "hidden-value" not in caught.value.sentence
    assert (caught.value.code, caught.value.exit_code) == ("env-file", 2)


def test_of_two_files_the_later_counts_and_one_that_is_not_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\xef\xbb\xbfA=1\r\nB=2\r\n")
    (tmp_path / "b").write_text("B=3")
    assert read_env_files([tmp_path / "a", tmp_path / "b"]) == {"A": "1", "B": "3"}
    with pytest.raises(UsageError, match=r"gone cannot be read: No such file"):
        read_env_files([tmp_path / "gone"])


@pytest.mark.parametrize(
    ("variables", "text", "says"),
    [
        ({"A": "s3cret"}, "bad s3cret!", "bad <A>!"),
        ({"PASSWORD": "clubs"}, "clubs", "<PASSWORD>"),
        ({"NAME": "clubs", "DEBUG": "1", "HOST": "db.local"}, "clubs 1 db.local", "clubs 1 db.local"),
        (
            {"DB": "postgres://u:p%40ss@h/x"},
            "no p@ss, no p%40ss, no postgres://u:p%40ss@h/x",
            "no <DB>, no <DB>, no <DB>",
        ),
        ({"DB": "postgres://u:p@s/ss@h/x"}, "pass p@s/ss", "pass <DB>"),
        ({"PEM": "---\nabc def\n---"}, "'---\\nabc def\\n---'; abc def", "'<PEM>'; <PEM>"),
        ({"LONG": "aa-bb-cc", "SHORT": "aa-bb"}, "aa-bb-cc aa-bb", "<LONG> <SHORT>"),
    ],
)
def test_values_are_taken_out_of_texts(variables: dict[str, str], text: str, says: str) -> None:
    assert hidden(text, variables) == says


@pytest.fixture
def needy(shell: Shell) -> Shell:
    """The tiny project, whose settings need a variable."""
    with (shell.root / "config/settings.py").open("a") as settings:
        settings.write("import os, sys\nSECRET = os.environ['SHOP_SECRET']\nprint('loud', SECRET, file=sys.stderr)\n")
    return shell


def test_a_variable_that_stands_in_a_file_is_refused_with_the_option(needy: Shell) -> None:
    ended = needy.refused("plan", exit=3, says="KeyError: 'SHOP_SECRET'")
    assert "--env-file" not in ended.err
    write(needy.root, {".env.dev": "SHOP_SECRET=s3cret-value\n", "README": "SHOP_SECRET"})
    ended = needy.refused("plan", exit=3, says=("The variable SHOP_SECRET stands in .env.dev", "--env-file .env.dev"))
    assert "s3cret-value" not in ended.err
    assert needy("plan", "--env-file", str(needy.root / ".env.dev")).exit == 0


def test_the_values_reach_the_project_and_nothing_else(needy: Shell) -> None:
    variables = needy.root / "variables"
    variables.write_text("SHOP_SECRET=s3cret-value\n")
    ended = needy("run", "--yes", "--until", "graph", "--verbose", "--json", "--env-file", str(variables))
    assert ended.exit == 0, ended.err
    seed = needy.root / "stock/migrations/0003_seed.py"
    seed.write_text(
        seed.read_text().replace("    apps.", "    import os; raise ValueError(os.environ['SHOP_SECRET'])\n    apps.")
    )
    failed = needy("run", "--yes", "--verbose", "--env-file", str(variables))
    assert failed.exit == 1
    assert "ValueError: <SHOP_SECRET>" in failed.err
    kept = [path for path in (needy.root / ".migwizard").rglob("*") if path.is_file()]
    assert "loud <SHOP_SECRET>" in (needy.root / ".migwizard/migwizard.log").read_text()
    assert [path for path in kept if b"s3cret-value" in path.read_bytes()] == []
    assert "s3cret-value" not in ended.out + ended.err + failed.out + failed.err


def test_files_of_the_configuration_are_relative_to_it(
    needy: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(needy.root, {"pyproject.toml": "[tool.migwizard]\nenv_files = ['env/dev']\n", "env/dev": "SHOP_SECRET=x1\n"})
    monkeypatch.chdir(tmp_path)
    assert needy("plan").exit == 0
    said = needy("doctor").out
    assert f"environment file: {needy.root / 'env/dev'}  ({needy.root / 'pyproject.toml'})" in said
    assert main(["plan", "-C", str(needy.root), "--env-file", "gone"]) == 2
    assert f"{tmp_path / 'gone'} cannot be read" in capsys.readouterr().err
