"""The kept result of a proof."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from migwizard.proof.certificate import Certificate, Count, Decided, ScratchCopied
from migwizard.proof.difference import Difference

LOST = Difference(
    "error", "index", "shop_order", "i", 'CREATE INDEX "i" ON "shop_order" ("state")', None, "The new history lacks the index i."
)  # fmt: skip
TOLD = Difference("info", "row", "land", "primary keys", None, None, "The primary keys of land differ.")
EQUAL = Certificate(
    run_id="r1",
    created="2024-01-02T03:04:05+00:00",
    engine="sqlite",
    versions={"Django": "5.2", "SQLite": "3.45"},
    tables=Count(46, 46),
    rows=Count(55, 55),
    objects=Count(400, 400),
    schema_equal=True,
    rows_equal=True,
    check_equal=True,
    differences=(Decided(TOLD),),
    volatile=("users.password",),
    caveats=("PostgreSQL was not compared: no server was found on this machine, and so nothing is claimed about it.",),
)
OPEN = replace(EQUAL, schema_equal=False, differences=(Decided(LOST), Decided(TOLD)))
COPIED = replace(EQUAL, scratch_copies=(ScratchCopied("shop/0002_rates.py", "a" * 64, "b" * 64),))
ACCEPTED = replace(OPEN, differences=(Decided(LOST, "accepted"), Decided(TOLD)))


@pytest.mark.parametrize(
    ("certificate", "equal", "settled", "verdict"),
    [
        (EQUAL, True, True, "EQUAL:"),
        (OPEN, False, False, "NOT EQUAL:"),
        (ACCEPTED, False, True, "ACCEPTED:"),
        (replace(EQUAL, check_equal=False), False, False, "NOT EQUAL:"),
        (replace(ACCEPTED, check_equal=False), False, False, "NOT EQUAL:"),
        (replace(EQUAL, rows_equal=False), False, False, "NOT EQUAL:"),
        (replace(EQUAL, tables=Count(0, 0)), False, False, "NOT EQUAL:"),
    ],
)
def test_the_verdict(certificate: Certificate, equal: bool, settled: bool, verdict: str) -> None:
    assert (certificate.equal, certificate.settled) == (equal, settled)
    assert f"\n{verdict}" in certificate.to_text()


def test_it_cannot_claim_equality_against_its_own_list() -> None:
    with pytest.raises(ValueError, match="calls the schemas equal and lists 1 error in them"):
        replace(OPEN, schema_equal=True)


@pytest.mark.parametrize("certificate", [EQUAL, OPEN, ACCEPTED, COPIED])
def test_json_keeps_everything(certificate: Certificate) -> None:
    text = certificate.to_json()
    assert Certificate.from_json(text) == certificate
    assert Certificate.from_json(text).to_json() == text


@pytest.mark.parametrize(
    "change", [{"equal": True}, {"format": 99}, {"rows": 3}, {"schema_equal": True}, {"surprise": 1}]
)
def test_a_changed_json_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="certificate"):
        Certificate.from_json(json.dumps({**json.loads(OPEN.to_json()), **change}))


@pytest.mark.parametrize("text", ["", "[]", "{}", "null"])
def test_what_is_no_certificate_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"certificate|Expecting value"):
        Certificate.from_json(text)


def test_the_text_is_for_people() -> None:
    text = ACCEPTED.to_text()
    assert max(map(len, text.splitlines())) <= 80
    for words in (
        "old history",
        "[accepted] The new history lacks the index i.",
        "old: CREATE INDEX",
        "Notes: 1",
        "users.password",
    ):
        assert words in text


def test_a_scratch_copy_is_named_with_both_hashes() -> None:
    assert "scratch" not in EQUAL.to_text()
    text = COPIED.to_text()
    assert f"- shop/0002_rates.py\n    original {'a' * 64}\n    copy {'b' * 64}\n" in text.replace("copy     ", "copy ")


def test_a_certificate_from_before_scratch_copies_is_read() -> None:
    data = json.loads(EQUAL.to_json())
    del data["scratch_copies"]
    assert Certificate.from_json(json.dumps(data)) == EQUAL
