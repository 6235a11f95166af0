"""One ride for each fixture project, shared by all tests that look at it."""

from __future__ import annotations

import pytest

from tests.seeds.rides import SeedRide, ride


@pytest.fixture(scope="session")
def functions(tmp_path_factory: pytest.TempPathFactory) -> SeedRide:
    return ride("seeds_functions", tmp_path_factory.mktemp("functions"))


@pytest.fixture(scope="session")
def values(tmp_path_factory: pytest.TempPathFactory) -> SeedRide:
    return ride("seeds_values", tmp_path_factory.mktemp("values"))


@pytest.fixture(scope="session")
def groups(tmp_path_factory: pytest.TempPathFactory) -> SeedRide:
    return ride("seeds_groups", tmp_path_factory.mktemp("groups"), "--exclude", "vendor")


@pytest.fixture(scope="session")
def standing(tmp_path_factory: pytest.TempPathFactory) -> SeedRide:
    return ride("seeds_standing", tmp_path_factory.mktemp("standing"))


@pytest.fixture(scope="session")
def sql(tmp_path_factory: pytest.TempPathFactory) -> SeedRide:
    return ride("seeds_sql", tmp_path_factory.mktemp("sql"))


@pytest.fixture(scope="session")
def outside(tmp_path_factory: pytest.TempPathFactory) -> SeedRide:
    return ride("seeds_outside", tmp_path_factory.mktemp("outside"))
