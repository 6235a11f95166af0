"""A manifest comes with a commit, and may be anybody's: it is a whole one, or refused with a sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migwizard.engine import pulled
from migwizard.errors import ConflictError
from migwizard.switch.manifest import FILE_NAME, Manifest, ManifestUnreadableError, _content_id, build, from_json

steady = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
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
