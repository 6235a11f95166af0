"""What the documents promise is there: keys, settings, commands, exit codes, links."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from migwizard import cli, command_list
from migwizard.config import Config, read_config
from migwizard.engine.states import ORDER
from migwizard.errors import UsageError
from migwizard.exit_codes import ExitCode
from migwizard.words.glossary import GLOSSARY
from tests import documents

ROOT = Path(__file__).parents[1]
PAGES = (
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    ROOT / "screenshots" / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
)


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", ["docs/keys.md", "docs/refusals.md", "screenshots/README.md"])
def test_the_lists_made_from_the_code_are_current(page: str) -> None:
    made = {
        "docs/keys.md": documents.keys,
        "docs/refusals.md": documents.refusals,
        "screenshots/README.md": documents.pictures,
    }
    assert read(page) == made[page](), "run: make documents"


def test_every_setting_is_documented_and_the_example_is_valid(tmp_path: Path) -> None:
    text = read("docs/configuration.md")
    keys = {field.name for field in fields(Config)} - {"file"}
    assert set(re.findall(r"^\| `(\w+)` \| (?:text|list)", text, re.M)) == keys
    for page in ("docs/configuration.md", "README.md"):
        example = re.search(r"```toml\n(.*?)```", read(page), re.S)
        assert example is not None
        # A command elsewhere excludes an interpreter here; so it stands in a comment.
        assert set(tomllib.loads(example[1])["tool"]["migwizard"]) == keys - {"via", "via_root"}
        assert '# via = "docker compose exec -T web python"' in example[1]
        (tmp_path / "pyproject.toml").write_text(example[1])
        assert read_config(tmp_path).tag == Config().tag


@pytest.mark.parametrize(
    ("key", "near"), [("exlude", "'exclude'"), ("pyhton", "'python'"), ("tags", "'tag'"), ("qqqq", "")]
)
def test_an_unknown_setting_names_the_nearest(key: str, near: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.migwizard]\n{key} = 'x'\n")
    with pytest.raises(UsageError) as refused:
        read_config(tmp_path)
    assert f"has no setting {key!r}" in refused.value.sentence
    assert str(tmp_path / "pyproject.toml") in refused.value.sentence
    assert ("did you mean" in refused.value.sentence) is bool(near)
    assert near in refused.value.sentence


def test_every_command_and_option_is_in_the_readme() -> None:
    text = read("README.md")
    for command in command_list.COMMANDS:
        assert re.search(rf"^migwizard {command.name}\b", text, re.M), command.name
    for option in re.findall(r"--[a-z-]+", cli.parser().format_help()):
        assert option in text or option in ("--help",), option


@pytest.mark.parametrize("page", ["README.md", "docs/guide-leads.md"])
def test_every_exit_code_is_documented(page: str) -> None:
    rows = re.findall(r"^\| (\d+) \| \w", read(page), re.M)
    assert [int(row) for row in rows[: len(ExitCode)]] == [code.value for code in ExitCode]


def test_the_guide_explains_all_steps_in_order_and_no_word_twice() -> None:
    text = read("docs/guide-juniors.md")
    assert re.findall(r"^\d\. \*\*(\w+)\*\*", text, re.M) == [state.value.capitalize() for state in ORDER]
    words = re.search(r"## What the words mean\n(.*?)\n## ", text, re.S)
    assert words is not None
    explained = re.findall(r"^\| ([a-z, -]+) \|", words[1], re.M)[1:]
    assert len(explained) == len(set(explained)) > 12
    known = {*GLOSSARY, "waits, returns"}
    assert not [word for word in explained if word not in known]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        other = (page.parent / name).resolve() if name else page
        assert other.exists(), target
        if anchor:
            assert anchor in _anchors(other.read_text(encoding="utf-8")), target


def _anchors(text: str) -> set[str]:
    """The names under which headings can be linked to, as code hosts make them."""
    headings = re.findall(r"^#+ (.*)$", text, re.M)
    return {re.sub(r"[^a-z0-9 _-]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_fault_is_shown_by_a_test_that_is_there() -> None:
    rows = [line for line in read("docs/faults.md").splitlines() if re.match(r"\| (?!fault|---)", line)]
    assert len(rows) > 30
    for row in rows:
        assert len(row.split("|")) == 7, row
        named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", row)
        assert named, row
        for file, test in named:
            assert re.search(rf"^def {test}\(", read(file), re.M), f"{file}::{test}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_page_names_a_place_of_one_machine(page: Path) -> None:
    assert not re.search(r"(?<!\w)/(home|Users|root|work|tmp)/", page.read_text(encoding="utf-8"))


def test_make_help_names_every_target() -> None:
    text = read("Makefile")
    phony = re.search(r"^\.PHONY: (.*)$", text, re.M)
    assert phony is not None
    targets = set(phony[1].split())
    assert targets == {*re.findall(r"^([a-z-]+):(?! export)", text, re.M)}
    told = set(re.findall(r'@echo "make ([a-z-]+)', text))
    assert targets - told <= {"help", "demo-project", "format", "clean"}


def test_make_says_that_it_downloads_before_it_does() -> None:
    recipe = read("Makefile").partition("$(READY): pyproject.toml\n")[2]
    said, pip = recipe.find("@echo"), recipe.find("pip install")
    assert 0 <= said < pip and "downloads" in recipe[said:pip]


def test_every_event_of_the_engine_is_in_the_schema() -> None:
    schema = json.loads(read("docs/json.schema.json"))
    told = set()
    for path in (ROOT / "migwizard" / "engine").rglob("*.py"):
        told |= set(re.findall(r"\.tell\(\s*\"(\w+)\"", path.read_text(encoding="utf-8")))
    assert "begin" in told
    assert told <= set(schema["$defs"]["event"]["properties"]["event"]["enum"])
