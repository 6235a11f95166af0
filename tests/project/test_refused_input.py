"""What a person types or configures: unknown names and files that cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from migwizard.cli import main
from migwizard.config import Config, read_config
from migwizard.errors import UsageError
from tests.project.support import Shell, write


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("tags = 'x'", "no setting 'tags'"),
        ("python = 3", "python in [tool.migwizard]"),
        ("settings = ['a']", "settings in [tool.migwizard]"),
        ("exclude = 'stock'", "exclude in [tool.migwizard]"),
        ("include = [1]", "include in [tool.migwizard]"),
        ("tag = 'two words'", "tag in [tool.migwizard]"),
        ("exclude = [", "cannot be read"),
        ("python = 'no/such/python'", "which is no program"),
    ],
)
def test_a_configuration_that_is_wrong(shell: Shell, table: str, says: str) -> None:
    write(shell.root, {"pyproject.toml": f"[tool.migwizard]\n{table}\n"})
    before = list(shell.root.iterdir())
    arguments = ["run", "--yes", "-C", str(shell.root)]
    assert main(arguments) == 2
    shell_says = shell.captured_error()
    assert str(shell.root / "pyproject.toml") in shell_says
    assert says in shell_says
    assert list(shell.root.iterdir()) == before


@pytest.mark.parametrize("text", ["tool = 3\n", "[tool]\nmigwizard = 3\n", "[[tool.migwizard]]\n", "\x00"])
def test_a_pyproject_of_another_shape_is_refused_or_left_alone(tmp_path: Path, text: str) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    if text == "tool = 3\n":
        assert read_config(tmp_path) == Config()
    else:
        with pytest.raises(UsageError, match=r"pyproject\.toml"):
            read_config(tmp_path)


def test_the_nearest_table_counts(tmp_path: Path) -> None:
    inner = tmp_path / "a/b"
    write(
        tmp_path, {"pyproject.toml": "[tool.migwizard]\ntag = 'far'\n", "a/pyproject.toml": "[project]\nname = 'x'\n"}
    )
    inner.mkdir()
    assert read_config(inner) == Config(tag="far", file=tmp_path / "pyproject.toml")
    write(inner, {"pyproject.toml": "[tool.migwizard]\nexclude = ['a', 'b']\n"})
    assert read_config(inner) == Config(exclude=("a", "b"), file=inner / "pyproject.toml")


def test_an_app_that_does_not_exist(shell: Shell) -> None:
    shell.refused("run", "--yes", "--exclude", "stok", exit=2, says=("'stok'", "contenttypes, sales, stock"))


def test_an_app_of_the_configuration_that_does_not_exist(shell: Shell) -> None:
    write(shell.root, {"pyproject.toml": "[tool.migwizard]\ninclude = ['stok']\n"})
    shell.refused("run", "--yes", exit=2, says="'stok'")


@pytest.mark.parametrize("content", [None, b"{", b"[]", b'{"drift": 1}', b"\xff\xfe\x00"])
def test_answers_that_cannot_be_read(shell: Shell, tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "answers.json"
    if content is not None:
        path.write_bytes(content)
    shell.refused("run", "--yes", "--answers", str(path), exit=2, says=f"The answers file {path}")


def test_answers_that_are_no_choice(shell: Shell, tmp_path: Path) -> None:
    models = (shell.root / "stock/models.py").read_text()
    (shell.root / "stock/models.py").write_text(models.replace("max_length=20", "max_length=30"))
    path = tmp_path / "answers.json"
    path.write_text('{"drift": "perhaps"}')
    shell.refused("run", "--answers", str(path), exit=2, says=("'perhaps' is no answer to drift", "fold, leave"))


@pytest.mark.parametrize(
    "content",
    [None, b"", b"\xff\xfe\x00\x01", b"digraph {", b"not dot at all", b"digraph { a -> b }", b"digraph {" * 3000],
    ids=["missing", "empty", "binary", "cut", "prose", "other graph", "deep"],
)
def test_a_dot_file_that_is_unreadable_or_hostile(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None
) -> None:
    path = tmp_path / "models.dot"
    if content is not None:
        path.write_bytes(content)
    assert main(["plan", "--from-dot", str(path)]) == 2
    assert str(path) in capsys.readouterr().err
    assert {entry.name for entry in tmp_path.iterdir()} <= {"models.dot"}


def test_a_dot_file_that_never_ends(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "--from-dot", "/dev/zero"]) == 2
    assert "/dev/zero cannot be read: it is no file" in capsys.readouterr().err


def test_answers_that_are_nested_without_end(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "answers.json"
    path.write_text('{"a":' * 100_000)
    shell.refused("run", "--yes", "--answers", str(path), exit=2, says="nested too deeply")


@pytest.mark.parametrize(
    "arguments", [["frobnicate"], ["run", "--until", "nowhere"], ["fake", "--all", "--database", "x"]]
)
def test_the_command_line_itself(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage: migwizard" in capsys.readouterr().err
