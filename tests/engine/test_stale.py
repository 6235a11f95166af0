"""What became stale is computed again, and nothing else."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.engine.support import MIGWIZARD, Shop, begun, kept

pytestmark = pytest.mark.ride

COMPUTED = ["graph", "levels", "generate", "seeds", "proof"]
UNTIL_PROOF = ("run", "--yes", "--until", "proof")

EDIT_AT_APPLY = """
import sys
from pathlib import Path
from migwizard.cli import main
from migwizard.engine.surviving import durable

write_file = durable.write_file


def write_and_edit(path, data, *arguments, **more):
    write_file(path, data, *arguments, **more)
    if path.name == "checkpoint.json" and b'"state": "apply"' in data:
        with Path("clubs/migrations/0002_first_clubs.py").open("a") as stream:
            stream.write("# edited meanwhile\\n")


durable.write_file = write_and_edit
sys.exit(main(["run", "--yes"]))
"""


def test_nothing_is_computed_twice(tiny_proved: Shop) -> None:
    assert tiny_proved.lines("status")[-1]["stale"] == []
    lines = tiny_proved.lines(*UNTIL_PROOF)
    assert kept(lines) == COMPUTED
    assert begun(lines) == ["preflight"]
    status = tiny_proved.lines("status")[-1]
    assert (status["state"], status["stale"]) == ("apply", [])


def test_an_earlier_until_forgets_nothing(tiny_proved: Shop) -> None:
    lines = tiny_proved.lines("run", "--yes", "--until", "graph")
    assert kept(lines) == ["graph"]
    assert tiny_proved.lines("status")[-1]["state"] == "apply"


def test_a_changed_model_makes_all_but_the_graph_stale(tiny_proved: Shop) -> None:
    tiny_proved.edit("people/models.py", "    club =", "    born = models.DateField(null=True)\n    club =")
    # A plain field is no relation, so the graph of models is what it was.
    assert tiny_proved.manage("makemigrations", "people").returncode == 0
    assert tiny_proved.manage("migrate", "-v0").returncode == 0
    assert tiny_proved.lines("status")[-1]["stale"] == COMPUTED[1:]
    lines = tiny_proved.lines(*UNTIL_PROOF)
    assert begun(lines) == ["preflight", *COMPUTED[1:]]
    assert lines[-1]["files_before"] == 8
    assert "'born'" in (tiny_proved.staging / "people" / "0001_reset_initial.py").read_text()


def test_a_changed_relation_makes_everything_stale(tiny_proved: Shop) -> None:
    friend = "    friend = models.ForeignKey('self', models.CASCADE, null=True)\n    club ="
    tiny_proved.edit("people/models.py", "    club =", friend)
    assert tiny_proved.lines("status")[-1]["stale"] == COMPUTED


def test_a_changed_seed_leaves_graph_and_levels_alone(tiny_proved: Shop) -> None:
    tiny_proved.edit("clubs/migrations/0002_first_clubs.py", '"Chess"', '"Go"')
    assert tiny_proved.lines("status")[-1]["stale"] == COMPUTED[2:]
    lines = tiny_proved.lines(*UNTIL_PROOF)
    assert kept(lines) == COMPUTED[:2]
    assert begun(lines) == ["preflight", *COMPUTED[2:]]
    assert '"Go"' in (tiny_proved.staging / "clubs" / "0003_reset_seed.py").read_text()


def test_an_edited_staged_file_is_proved_as_it_is_and_swapped_in(tiny_proved: Shop) -> None:
    tiny_proved.edit(".migwizard/staging/clubs/0003_reset_seed.py", "# from clubs.0002", "# by hand, from clubs.0002")
    assert tiny_proved.lines("status")[-1]["stale"] == ["proof"]
    lines = tiny_proved.lines("run", "--yes")
    assert kept(lines) == COMPUTED[:-1]
    assert begun(lines) == ["preflight", "proof", "apply", "fake", "done"]
    assert b"# by hand" in tiny_proved.tree()["clubs/migrations/0003_reset_seed.py"]


def test_an_edit_of_a_seed_that_is_written_anew_is_kept_and_its_difference_is_told(tiny_proved: Shop) -> None:
    seed = ".migwizard/staging/clubs/0003_reset_seed.py"
    tiny_proved.edit(seed, "# from clubs.0002", "# by hand, from clubs.0002")
    tiny_proved.edit("clubs/migrations/0002_first_clubs.py", '"Chess"', '"Go"')
    # The old seed says Go now, the person's text still says Chess: no row is lost, and nothing is proved that is not so.
    tiny_proved.migwizard(*UNTIL_PROOF, expect=1)
    assert "# by hand" in (tiny_proved.root / seed).read_text()
    previous = tiny_proved.root / ".migwizard" / "edits" / "clubs" / "0003_reset_seed.previous.py"
    assert not previous.exists()
    (tiny_proved.root / "answers.json").write_text(json.dumps({"edit:clubs/0003_reset_seed": "take"}))
    (tiny_proved.root / seed).write_text((tiny_proved.root / seed).read_text() + "# once more\n")
    tiny_proved.migwizard(*UNTIL_PROOF, "--answers", "answers.json")
    assert '"Go"' in (tiny_proved.root / seed).read_text()
    assert previous.read_text().endswith("# once more\n")


def test_an_edit_is_put_back_when_its_file_is_generated_again(tiny_proved: Shop) -> None:
    schema = ".migwizard/staging/people/0001_reset_initial.py"
    tiny_proved.edit(schema, "initial = True", "initial = True  # by hand")
    tiny_proved.edit("clubs/migrations/0002_first_clubs.py", '"Chess"', '"Go"')
    lines = tiny_proved.lines(*UNTIL_PROOF)
    assert begun(lines) == ["preflight", "generate", "seeds", "proof"]
    assert "# by hand" in (tiny_proved.root / schema).read_text()
    assert tiny_proved.lines("status")[-1]["stale"] == []


def test_a_lost_staging_is_written_anew(proved: Shop, tiny_proved: Shop) -> None:
    (tiny_proved.staging / "clubs" / "0003_reset_seed.py").unlink()
    lines = tiny_proved.lines(*UNTIL_PROOF)
    assert begun(lines) == ["preflight", "seeds", "proof"]
    for path in proved.staging.rglob("*.py"):
        assert (tiny_proved.staging / path.relative_to(proved.staging)).read_bytes() == path.read_bytes()


def test_a_tree_that_changed_since_the_proof_is_not_swapped(tiny_proved: Shop, tmp_path: Path) -> None:
    script = tmp_path / "edit_at_apply.py"
    script.write_text(EDIT_AT_APPLY)
    dump, tree = tiny_proved.dump(), tiny_proved.tree()
    refused = tiny_proved.start(sys.executable, str(script))
    assert refused.returncode == 6, refused.stderr
    assert "changed since the proof" in refused.stderr
    edited = tiny_proved.tree()
    assert {path for path in edited if edited[path] != tree[path]} == {"clubs/migrations/0002_first_clubs.py"}
    assert edited.keys() == tree.keys()
    assert tiny_proved.dump() == dump
    tiny_proved.migwizard("run", "--yes")


def test_modules_that_are_no_files_of_their_own_do_not_stop_apply(tiny_proved: Shop) -> None:
    with zipfile.ZipFile(tiny_proved.root / "library.zip", "w") as archive:
        archive.writestr("within.py", "")
    with (tiny_proved.root / "config/settings.py").open("a") as stream:
        stream.write(
            "\nimport sys, types\n"
            f"sys.path.append({str(tiny_proved.root / 'library.zip')!r})\n"
            "import within\n"
            "made = types.ModuleType('made')\n"
            f"made.__file__ = {str(tiny_proved.root / 'made.py')!r}\n"
            "sys.modules['made'] = made\n"
        )
    tiny_proved.migwizard("run", "--yes")


def test_equal_copies_give_equal_bytes(migrated: Shop, finished: Shop, tiny: Shop) -> None:
    # Each process has a hash seed of its own, and this one runs without a stop on the way.
    report = tiny.lines("run", "--yes")[-1]
    assert tiny.tree() == finished.tree()
    first = json.loads((finished.root / ".migwizard" / "manifest.json").read_text())
    assert json.loads((tiny.root / ".migwizard" / "manifest.json").read_text()) == first
    assert report["run_id"] == first["run_id"]


def test_an_interrupted_run_can_be_resumed(migrated: Shop, tiny: Shop) -> None:
    slow = "    import os, time\n    time.sleep(600 if os.path.exists('slow') else 0)\n    Club ="
    tiny.edit("clubs/migrations/0002_first_clubs.py", "    Club =", slow)
    (tiny.root / "slow").touch()
    before = tiny.tree()
    with subprocess.Popen(
        [*MIGWIZARD, "run", "--yes", "--verbose"],
        cwd=tiny.root,
        env=tiny.environment(),
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr
        for line in process.stderr:
            if "clubs.0001_initial" in line:
                break
        process.send_signal(signal.SIGINT)
        rest = process.stderr.read()
        assert process.wait(timeout=60) == 130
    assert "Start the same command again" in rest
    assert tiny.tree() == before
    (tiny.root / "slow").unlink()
    assert begun(tiny.lines("run", "--yes"))[:2] == ["preflight", "seeds"]


def test_a_tree_that_does_not_build_what_was_proved_goes_back(migrated: Shop, tiny_proved: Shop) -> None:
    proved = '"name": "nick", "type": "varchar(20)"'
    tiny_proved.edit(".migwizard/work/new-catalogue.json", proved, proved.replace("20", "21"))
    refused = tiny_proved.migwizard("run", "--yes", expect=1)
    assert "people_person.nick" in refused.stderr
    assert "The old files were put back" in refused.stderr
    assert tiny_proved.tree() == migrated.tree()
    assert tiny_proved.dump() == migrated.dump()
