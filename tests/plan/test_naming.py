from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from migwizard.plan.naming import batch_name, choose_tag, numbered

apps = st.sampled_from(["shop", "blog"])
names = st.builds(
    "{:04d}_{}{}_{}".format,
    st.integers(1, 12),
    st.sampled_from(["reset", "other", "preset"]),
    st.sampled_from(["", "2", "3", "10"]),
    st.sampled_from(["initial", "links", "links_to_shop", "seed", "sql", "more"]),
)


@given(st.sets(st.tuples(apps, names)))
def test_no_new_name_was_used_by_the_old_history(known: set[tuple[str, str]]) -> None:
    tag = choose_tag("reset", known)
    used = {name for _, name in known}
    for number in range(1, 13):
        new = {batch_name(number, tag, {"shop"}), batch_name(number, tag, ()), batch_name(number, tag, {"a", "b"})}
        new |= {numbered(number, tag, "seed"), numbered(number, tag, "sql")}
        assert not new & used


def test_the_tag_counts_earlier_resets() -> None:
    assert choose_tag("reset", ()) == "reset"
    assert choose_tag("reset", {("shop", "0001_initial"), ("shop", "0002_reset_password")}) == "reset"
    assert choose_tag("reset", {("shop", "0001_reset_initial")}) == "reset2"
    assert choose_tag("reset", {("shop", "0001_reset_initial"), ("blog", "0004_reset2_seed")}) == "reset3"


def test_a_tag_of_a_reset_that_nothing_on_disk_tells_of_any_more_does_not_come_back() -> None:
    assert choose_tag("reset", {("shop", "0001_reset2_initial"), ("shop", "0002_field")}) == "reset3"


def test_a_tag_is_text_and_no_pattern() -> None:
    assert choose_tag("a.b", {("shop", "0001_axb_initial")}) == "a.b"


def test_names_tell_where_links_lead() -> None:
    assert batch_name(1, "reset", {"shop"}) == "0001_reset_initial"
    assert batch_name(2, "reset", {"shop"}) == "0002_reset_links_to_shop"
    assert batch_name(3, "reset", {"shop", "blog"}) == "0003_reset_links"
