"""The manifest: what it holds, what it refuses, and that it comes back from its JSON."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migwizard.switch.manifest import (
    Manifest,
    ManifestUnreadableError,
    NameClashError,
    Node,
    build,
    from_json,
)
from tests.switch.support import NEW, OLD

names = st.text("abcdefgh_0123456789é", min_size=1, max_size=12)
nodes = st.tuples(st.sampled_from(["users", "blog", "shop"]), names)


@st.composite
def manifests(draw: st.DrawFn) -> Manifest:
    old = draw(st.lists(nodes, unique=True))
    alt = draw(st.dictionaries(nodes, st.sets(nodes, max_size=3), max_size=3))
    known = {*old, *alt}.union(*alt.values())
    return build(
        run_id=draw(names),
        created="2019-01-01T10:00:00+00:00",
        apps=["shop", "users", "blog"],
        old_nodes=old,
        new_nodes=[node for node in draw(st.lists(nodes, unique=True)) if node not in known],
        alt=alt,
        keep=draw(st.lists(st.sampled_from(sorted(known)))) if known else [],
        tolerate=draw(st.lists(nodes)),
        tables=draw(st.lists(names)),
        release=draw(names),
        columns=draw(st.dictionaries(names, st.lists(names), max_size=3)),
    )


@given(manifests())
def test_json_and_back_is_the_same_manifest(manifest: Manifest) -> None:
    assert from_json(manifest.to_json()) == manifest
    assert json.loads(manifest.to_json()) == manifest.to_dict()


@given(manifests())
def test_the_same_content_has_the_same_id_and_text(manifest: Manifest) -> None:
    again = from_json(manifest.to_json())
    assert (again.id, again.to_json()) == (manifest.id, manifest.to_json())
    assert dataclasses.replace(manifest, run_id=manifest.run_id + "x").id != manifest.id


def test_the_id_is_of_sixteen_hexadecimal_digits(manifest: Manifest) -> None:
    assert len(manifest.id) == 16
    assert int(manifest.id, 16) >= 0
    assert manifest.to_dict()["format"] == 1


def test_a_new_name_that_was_ever_used_is_refused(manifest: Manifest) -> None:
    squashed: Node = ("blog", "0001_squashed")
    with pytest.raises(NameClashError) as refused:
        build(
            run_id="r1",
            created="",
            apps=["users", "blog"],
            old_nodes=OLD,
            alt={squashed: [("blog", "0000_long_gone")]},
            known=[("users", "0000_on_disk")],
            new_nodes=[*NEW, ("blog", "0000_long_gone"), ("users", "0000_on_disk"), squashed],
        )
    assert refused.value.names == (("blog", "0000_long_gone"), ("blog", "0001_squashed"), ("users", "0000_on_disk"))
    assert "blog.0000_long_gone" in str(refused.value)
    assert "MW-E02" in str(refused.value)


def test_the_same_name_in_another_app_is_no_clash() -> None:
    built = build(
        run_id="r1", created="", apps=["a", "b"], old_nodes=[("a", "0001_initial")], new_nodes=[("b", "0001_initial")]
    )
    assert built.known == (("a", "0001_initial"),)


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"new_nodes": [("other", "0001_r1")]}, "other.0001_r1: of an app"),
        ({"keep": [("users", "0009_x")]}, "users.0009_x: kept"),
        ({"run_id": "x" * 65}, "1 to 64"),
    ],
)
def test_what_cannot_be_switched_is_refused(changed: dict[str, Any], complaint: str) -> None:
    arguments: dict[str, Any] = {
        "run_id": "r1",
        "created": "",
        "apps": ["users", "blog"],
        "old_nodes": OLD,
        "new_nodes": NEW,
    }
    with pytest.raises(ValueError, match=complaint):
        build(**{**arguments, **changed})


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 1, "old": 3}', "null"])
def test_other_text_is_not_a_manifest(text: str) -> None:
    with pytest.raises(ManifestUnreadableError):
        from_json(text)


def test_a_newer_format_is_not_guessed_at(manifest: Manifest) -> None:
    newer = {**manifest.to_dict(), "format": 2}
    with pytest.raises(ManifestUnreadableError, match="format 2"):
        from_json(json.dumps(newer))


def test_a_text_changed_by_hand_is_refused(manifest: Manifest) -> None:
    with pytest.raises(ManifestUnreadableError, match="changed"):
        from_json(manifest.to_json().replace("0002_nick", "0002_nack"))


def test_a_person_can_review_it_migration_by_migration(manifest: Manifest) -> None:
    assert '      ["users", "0002_nick"],\n' in manifest.to_json()
