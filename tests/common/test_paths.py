"""Models that ship with the app."""

from pathlib import Path

from distill_app.common.paths import STARTER_MODEL, starter_models


def test_the_models_that_ship_are_listed_with_the_first_one_first(tmp_path: Path) -> None:
    for name in ("kit", "starter", "bells"):
        (tmp_path / f"{name}.distillgan").touch()
    (tmp_path / "starter.md").touch()
    assert [path.stem for path in starter_models(tmp_path)] == ["starter", "bells", "kit"]
    assert starter_models()[0] == STARTER_MODEL
