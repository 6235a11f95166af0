"""A manifest comes with a commit, and may be anybody's: it is a whole one, or refused with a sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migwizard.engine.switching import pulled
from migwizard.errors import ConflictError
from migwizard.project.agent.switch.committed import read_manifest
from migwizard.project.agent.switch.refusal import SwitchError
from migwizard.switch.manifest import FILE_NAME, Manifest, ManifestUnreadableError, _content_id, build, from_json

steady = settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
OLD, NEW = ("clubs", "0001_initial"), ("clubs", "0001_reset_initial")
WHOLE = build(
    run_id="0123456789ab", created="2024", apps=["clubs"], old_nodes=[OLD], new_nodes=[NEW], tables=["t"], drift=[("clubs", "0002_d")],
    alt={("clubs", "0001_s"): [OLD]}, replaces={NEW: [OLD]}, folders={"clubs": "clubs/migrations"}, columns={"t": ["id"]}, release="abc",
).to_dict()  # fmt: skip
HOSTILE = [
    "..",
    "../x",
    "a/../../x",
    "/etc",
    "a\0b",
    "\ud800",
    "C:\\x",
    "C:/x",
    "\\\\host\\share",
    "..\\x",
    "a\\..\\x",
    "x" * 5000,
]


def sealed(content: dict[str, Any]) -> str:
    """As if migwizard had written it."""
    inner = {key: value for key, value in content.items() if key not in ("format", "id")}
    return json.dumps(inner | {"format": content.get("format"), "id": _content_id(inner)})


NO_TEXT: list[Any] = [None, 1, True, [], [1], {}]
NO_DICT: list[Any] = [None, 1, True, "x", [], [1]]
NO_TEXTS: list[Any] = [None, 1, True, "x", {}, {"a": 1}, [1], [["a"]], [None]]
NO_PAIRS: list[Any] = [*NO_TEXTS, ["ab"], [["a", "b", "c"]], [[["x"], "y"]], [[None, "x"]], [{"a": "b", "c": "d"}]]
OTHER_KINDS: dict[str, list[Any]] = {
    "apps": NO_TEXTS, "tables": NO_TEXTS, "keep": NO_PAIRS, "tolerate": NO_PAIRS, "run_id": [*NO_TEXT, "", "y" * 65],
    "old": [*NO_DICT, {}], "old nodes": NO_PAIRS, "old known": NO_PAIRS, "old alt": [*NO_DICT, {"a.b": None}, {"a.b": [1]}],
    "new": [*NO_DICT, {}], "new nodes": NO_PAIRS, "columns": [*NO_DICT, {"a": 1}, {"a": [1]}], "release": NO_DICT, "release git": NO_TEXT,
    "replaces": [*NO_DICT, {"a.b": [["x"]]}, {"a.b": [["x", "y"]]}],
}  # fmt: skip


@pytest.mark.parametrize("part", OTHER_KINDS)
def test_the_script_refuses_parts_of_another_kind(part: str, tmp_path: Path) -> None:
    """In one sentence, not as an error of ours in the middle of the switch."""
    path, words = tmp_path / FILE_NAME, part.split()
    path.write_text(sealed(WHOLE))
    assert read_manifest(str(path))["run_id"] == "0123456789ab"
    for junk in OTHER_KINDS[part]:
        content = json.loads(json.dumps(WHOLE))
        (content[words[0]] if len(words) > 1 else content)[words[-1]] = junk
        path.write_text(sealed(content))
        with pytest.raises(SwitchError, match="is no manifest: a part of it is missing, or of another kind") as caught:
            read_manifest(str(path))
        assert caught.value.code == "MW-E10"


def read(text: str, root: Path) -> Manifest | None:
    (root / FILE_NAME).write_bytes(text.encode("utf-8", "surrogatepass"))
    before = set(root.parent.rglob("*"))
    try:
        found = pulled.find(root)
    except ConflictError as error:
        assert error.code == "manifest" and "Nothing was changed." in error.sentence
        assert len(error.sentence) < 500
        error.sentence.encode()
        return None
    assert found is not None
    assert from_json(found.to_json()) == found
    assert isinstance(pulled.missing(root, found), list)
    assert set(root.parent.rglob("*")) == before
    return found


def test_the_whole_one(tmp_path: Path) -> None:
    assert read(sealed(WHOLE), tmp_path) is not None


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(HOSTILE) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(HOSTILE) | st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


@steady
@given(field=st.sampled_from(sorted(WHOLE)), value=values)
def test_anything_in_any_field(tmp_path: Path, field: str, value: Any) -> None:
    read(sealed(WHOLE | {field: value}), tmp_path)


@steady
@given(st.data())
def test_flipped_and_cut(tmp_path: Path, data: st.DataObject) -> None:
    text = bytearray(sealed(WHOLE).encode())
    text[data.draw(st.integers(0, len(text) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    (tmp_path / FILE_NAME).write_bytes(bytes(text[: data.draw(st.integers(0, len(text)))]))
    try:
        pulled.find(tmp_path)
    except ConflictError as error:
        assert error.code == "manifest"


@pytest.mark.parametrize("place", HOSTILE[:-1])
def test_a_folder_that_lies_elsewhere(tmp_path: Path, place: str) -> None:
    assert read(sealed(WHOLE | {"folders": {"clubs": place}}), tmp_path) is None


@pytest.mark.parametrize("name", ["../../x", "/etc/passwd", "a\0b", "..", ""])
def test_a_migration_that_is_a_path(tmp_path: Path, name: str) -> None:
    assert read(sealed(WHOLE | {"new": {"nodes": [["clubs", name]]}}), tmp_path) is None


@pytest.mark.parametrize("text", ["[" * 500_000, '{"a":' * 500_000, '{"format": ' + "9" * 10_000 + "}"])
def test_deep_and_long(text: str) -> None:
    with pytest.raises(ManifestUnreadableError):
        from_json(text)
