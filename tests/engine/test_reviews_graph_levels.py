"""What a person can change on the screens of graph and levels, and that it holds: in the plan, over a resume, in the proof."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from migwizard.demo.write import write_demo
from migwizard.engine.previews import GraphPreview, LevelsPreview, Order
from migwizard.engine.surviving.checkpoint import load_checkpoint
from migwizard.engine.talk import Question
from migwizard.paths import Workplace
from tests.engine.persons import Act, Person, sit_down
from tests.engine.support import Shop, make_project
from tests.graph.files import text_of

GRAPH, LEVELS = "review:graph", "review:levels"


class Planner(Person):
    """Keeps what was shown of graph and plan."""

    def levels(self) -> list[LevelsPreview]:
        return [question.preview for question in self.every(LEVELS) if isinstance(question.preview, LevelsPreview)]

    def graphs(self) -> list[GraphPreview]:
        return [question.preview for question in self.every(GRAPH) if isinstance(question.preview, GraphPreview)]


def ride(shop: Shop, monkeypatch: pytest.MonkeyPatch, answers: Mapping[str, Sequence[Act]]) -> Planner:
    """Sit through a ride up to its end, or until the script quits."""
    for key, value in shop.environment().items():
        monkeypatch.setenv(key, value)
    person = Planner(answers, goes_on=True)
    sat = sit_down(shop.root, person)
    assert sat.left or sat.error is None, sat.error
    return person


def names(preview: LevelsPreview) -> list[str]:
    return [f"{file.app}/{file.name}" for file in preview.files]


def chosen(preview: LevelsPreview) -> Order:
    return next(order for order in preview.orders if order.chosen)


def test_one_file_on_one_level_is_told_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    person = ride(make_project("seeds_unclear", tmp_path), monkeypatch, {"review:generate": ["quit"]})
    assert person.asked(LEVELS).choices[0].words == "Generate the schema file"
    told = [event.text for event in person.events if event.kind == "progress" and "levels" in event.data]
    assert told == ["the only level: makemigrations yard", "every level is written"]


def test_another_order_gives_other_files_and_can_be_taken_back(tiny: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    person = ride(tiny, monkeypatch, {LEVELS: ["order:1:people", "recommended", "quit"]})
    first, other, again = person.levels()
    assert chosen(first).apps == ("clubs", "people")
    assert chosen(other).apps == ("people", "clubs")
    assert names(other) != names(first)
    assert other.changed
    assert not first.changed
    assert again == first
    assert [choice.key for choice in person.every(LEVELS)[1].choices if choice.key == "recommended"]
    assert not [choice.key for choice in person.every(LEVELS)[2].choices if choice.key == "recommended"]


def test_a_free_order_is_taken_and_a_strange_one_refused(tiny: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    person = ride(tiny, monkeypatch, {LEVELS: ["order:1=people, clubs", "order:1=people,nobody", "order:1=", "quit"]})
    assert chosen(person.levels()[1]).apps == ("people", "clubs")
    refused = person.every(LEVELS)[2]
    assert "nobody is not in cycle 1; its apps are clubs, people." in refused.text
    assert refused.preview == person.every(LEVELS)[1].preview
    assert "An empty order" in person.every(LEVELS)[3].text
    assert [question.refused for question in person.every(LEVELS)] == [False, False, True, True]


def test_names_and_tag_are_checked_and_can_be_taken_back(tiny: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    person = ride(
        tiny,
        monkeypatch,
        {
            LEVELS: [
                "name:people/0001_reset_initial=initial",
                "name:people/0001_reset_initial=start",
                "name:people/0001_start=",
                "tag=No!",
                "tag=fresh",
                "quit",
            ]
        },
    )
    old, refused, named, back, bad_tag, fresh = person.levels()
    assert refused == old
    assert "was used before" in person.every(LEVELS)[1].text
    assert "people/0001_start" in names(named)
    assert [file.planned for file in named.files if file.name == "0001_start"] == ["0001_reset_initial"]
    assert back == old
    assert bad_tag == old
    assert "cannot be a tag" in person.every(LEVELS)[4].text
    assert fresh.tag == "fresh"
    assert all("_fresh_" in name for name in names(fresh))


def test_decisions_survive_a_resume_and_are_not_asked_again(tiny: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    ride(
        tiny,
        monkeypatch,
        {LEVELS: ["order:1:people", "name:people/0001_reset_initial=start", "continue"], "review:generate": ["quit"]},
    )
    person = ride(tiny, monkeypatch, {"review:generate": ["back"], LEVELS: ["quit"]})
    assert not person.every(GRAPH), "what was approved is not asked again"
    (stands,) = [event.data for event in person.events if event.kind == "stands"]
    assert stands == {"finished": ["preflight", "graph", "levels", "generate"], "stale": []}
    (preview,) = person.levels()
    assert chosen(preview).apps == ("people", "clubs")
    assert "people/0001_start" in names(preview)
    assert (tiny.staging / "people" / "0001_start.py").is_file()


def test_an_app_that_is_left_out_has_no_file_and_can_come_back(tiny: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    pinned: list[bool] = []

    def noting(answer: str) -> Act:
        def act(_: Question) -> str:
            found = load_checkpoint(Workplace(tiny.root).checkpoint, tiny.root)
            pinned.append(any(key.startswith("pin:") for key in found.decisions) if found else False)
            return answer

        return act

    acts: list[Act] = ["out:people", noting("in:people"), noting("out:people"), "out:clubs", "quit"]
    person = ride(tiny, monkeypatch, {GRAPH: acts})
    everybody, without, back, again, last = person.graphs()
    taking = [[app.label for app in graph.apps if app.takes_part] for graph in (everybody, without, back, again, last)]
    assert taking == [["clubs", "people"], ["clubs"], ["clubs", "people"], ["clubs"], ["clubs"]]
    assert "at least 1 app" in person.every(GRAPH)[-1].text
    assert pinned == [True, False], "what was said while people was out is forgotten when it takes part again"
    assert [question.refused for question in person.every(GRAPH)] == [False] * 4 + [True]
    assert len(person.every("review:preflight")) == 1, "preflight was approved, and was made again in silence"
    assert not [question.id for question in person.questions if question.id.startswith("pin:")], (
        "what follows is not asked"
    )


def test_leaving_out_holds_over_a_resume_and_up_to_the_proof(tiny: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    person = ride(tiny, monkeypatch, {LEVELS: ["out:people", "quit"]})
    assert "people stays as it is; b leads to Graph, where it can come back." in [each.text for each in person.events]
    person = ride(tiny, monkeypatch, {"review:proof": ["quit"]})
    assert {file.app for file in person.levels()[0].files} == {"clubs"}
    certificate = json.loads((tiny.root / ".migwizard" / "proof.json").read_bytes())
    assert certificate["equal"]
    assert not (tiny.staging / "people").exists()


def test_pictures_are_written_into_our_own_folder(tiny: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    before = tiny.tree()
    monkeypatch.setattr("shutil.which", lambda name: None)
    person = ride(tiny, monkeypatch, {GRAPH: ["save:dot", "save:svg", "save:text", "save:png", "quit"]})
    folder = tiny.root / ".migwizard" / "pictures"
    assert sorted(path.name for path in folder.iterdir()) == ["models.dot", "models.svg", "models.txt"]
    assert [event.data["path"] for event in person.events if event.kind == "saved"] == [
        str(folder / name) for name in ("models.dot", "models.svg", "models.txt")
    ]
    assert "Graphviz" in person.every(GRAPH)[-1].text
    assert tiny.tree() == before


def test_a_dot_file_gives_the_levels_and_a_bad_one_a_sentence(
    tiny: Shop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tiny.root / "evil.dot").write_text("digraph x { a -> b }", encoding="utf-8")
    (tiny.root / "models.dot").write_text(text_of("bookshop_graph_models.dot"), encoding="utf-8")
    answers = {GRAPH: ["dot=evil.dot", "dot=nowhere.dot", "dot=models.dot", "models", "quit"]}
    person = ride(tiny, monkeypatch, answers)
    first, evil, nowhere, drawn, back = person.graphs()
    assert evil == nowhere == first == back
    assert "evil.dot cannot be used." in person.every(GRAPH)[1].text
    assert "Nothing was run from it." in person.every(GRAPH)[1].text
    assert "no such file" in person.every(GRAPH)[2].text
    assert drawn.source == "models.dot"
    assert drawn.problems, "its models are other ones"
    assert drawn.apps == first.apps, "the plan is that of the models"


@pytest.mark.ride
def test_a_changed_order_proves_equal_on_the_demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write_demo(tmp_path / "demo")
    shop = Shop(root)
    assert shop.manage("migrate", "-v0").returncode == 0
    person = ride(
        shop,
        monkeypatch,
        {
            LEVELS: ["order:1:shipment", "order:2:organizations", "tag=fresh", "name:user/0001_fresh_initial=people"],
            "review:proof": ["quit"],
        },
    )
    files = {f"{path.parent.name}/{path.stem}" for path in shop.staging.glob("*/0*.py")}
    assert {"user/0001_people", "shipment/0002_fresh_links_to_orders"} <= files
    certificate: dict[str, Any] = json.loads((root / ".migwizard" / "proof.json").read_bytes())
    assert certificate["equal"]
    assert [chosen(preview).apps[0] for preview in person.levels()[-1:]] == ["shipment"]
