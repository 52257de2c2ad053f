"""WAV file that is dragged out of the window."""

from pathlib import Path

from distill_app.generation.config import GenerationConfig
from distill_app.ui.play.drag_export import write_for_drag
from distill_app.workers.rendering.messages import RenderRequest, RenderResult
from tests.ui.fakes import picture, tone


def test_another_sound_of_the_same_request_is_another_file(tmp_path: Path) -> None:
    """A model trained again under its name gives another sound and another file."""
    request = RenderRequest(Path("mine.distillgan"), "griffin-lim", GenerationConfig(seconds=0.5))
    old, new = (RenderResult(request, tone(0.5, hertz), picture(0.5), 0.1, request.vocoder) for hertz in (220.0, 440.0))
    first, second = write_for_drag(old, tmp_path), write_for_drag(new, tmp_path)
    assert first.read_bytes() != second.read_bytes()
    assert write_for_drag(old, tmp_path) == first
    assert len(list(tmp_path.iterdir())) == 2
