"""WAV file that is dragged out of the window."""

from pathlib import Path

from distill_app.ui.play.drag_export import write_for_drag
from tests.ui.fakes import tone


def test_another_sound_of_the_same_request_is_another_file(tmp_path: Path) -> None:
    """A model trained again under its name gives another sound and another file."""
    model, old, new = Path("mine.distillgan"), tone(0.5, 220.0), tone(0.5, 440.0)
    first, second = write_for_drag(model, old, tmp_path), write_for_drag(model, new, tmp_path)
    assert first.read_bytes() != second.read_bytes()
    assert write_for_drag(model, old, tmp_path) == first
    assert len(list(tmp_path.iterdir())) == 2
