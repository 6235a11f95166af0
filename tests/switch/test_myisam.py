"""A history in an engine of MySQL that knows no transactions is refused before anything is written."""

from __future__ import annotations

import pytest

from migwizard.switch.manifest import Manifest
from tests.switch.conftest import MYSQL
from tests.switch.engines import Database
from tests.switch.support import NEW, OLD, RefusedError, Worker


@pytest.mark.parametrize("place", [MYSQL], indirect=True)
def test_a_table_without_transactions_is_refused_and_cured(worker: Worker, place: Database, manifest: Manifest) -> None:
    place.make(OLD)
    place.query("ALTER TABLE django_migrations ENGINE = MyISAM")
    before = place.dump()
    found = worker("state", place, manifest)
    assert (found["state"], found["code"]) == ("WITHOUT_TRANSACTIONS", "MW-E11")
    for dry_run in (True, False):
        with pytest.raises(RefusedError) as refused:
            worker("switch", place, manifest, options={"dry_run": dry_run})
        assert refused.value.code == "MW-E11"
        assert "make it InnoDB. Nothing was changed." in refused.value.text
    assert place.dump() == before
    place.query("ALTER TABLE django_migrations ENGINE = InnoDB")
    assert worker("switch", place, manifest)["result"] == "SWITCHED"
    assert place.names() == [*NEW]


@pytest.mark.parametrize("place", [MYSQL], indirect=True)
def test_an_undo_of_it_is_refused_too(worker: Worker, place: Database, manifest: Manifest) -> None:
    place.make(OLD)
    worker("switch", place, manifest)
    place.query("ALTER TABLE django_migrations ENGINE = MyISAM")
    before = place.dump()
    with pytest.raises(RefusedError, match="MW-E11"):
        worker("undo", place, manifest)
    assert place.dump() == before
