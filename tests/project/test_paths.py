"""File names made of titles are valid on every disk, as are those of the files beside them."""

import os

import pytest

from distill_app.project.paths import file_name


@pytest.mark.parametrize(
    "title", ["é" * 124, "e\N{COMBINING ACUTE ACCENT}" * 124, "🥁" * 200, "x" * 300, "\ud800" * 300]
)
def test_a_long_title_is_cut_where_a_disk_would_refuse_it(title: str) -> None:
    name = file_name(title, "Take")
    assert 100 < len(os.fsencode(f"{name} 100.vocoder.training")) <= 255
    assert title.startswith(name) or set(name) == {"-"}


def test_signs_that_no_disk_takes_are_replaced() -> None:
    assert file_name("AC/DC: live?", "Take") == "AC-DC- live-"
    assert file_name(" .. ", "Take") == "Take"
