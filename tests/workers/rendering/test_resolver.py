"""A request resolves to the embedded vocoder, to its newest training, and to the built-in one where it is damaged."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from distill_app.common.errors import VocoderError
from distill_app.common.generators import drain
from distill_app.generation.config import GenerationConfig
from distill_app.generation.export_format import ExportFormat
from distill_app.generation.texture import WalkTexture
from distill_app.generation.texture_cache import TextureCache, Windows
from distill_app.grain.source import GrainSource
from distill_app.models.model import DistillModel
from distill_app.models.model_file import embed_vocoder, save_model
from distill_app.vocoders.built_in import BUILT_IN
from distill_app.vocoders.embedded.vocoder import AUTO, OWN
from distill_app.workers.rendering.messages import ExportRequest, RenderRequest, RenderResult
from distill_app.workers.rendering.renderer import SoundRenderer
from tests.embedded_vocoder import FAILED, embed, make_embedded


@pytest.fixture
def notices() -> list[str]:
    return []


@pytest.fixture
def renderer(notices: list[str]) -> SoundRenderer:
    return SoundRenderer(notices.append, lambda: None)


def rendered(renderer: SoundRenderer, request: RenderRequest) -> RenderResult:
    job = renderer.render(renderer.resolve(request))
    while True:
        try:
            next(job)
        except StopIteration as end:
            result = end.value
            assert isinstance(result, RenderResult)
            return result


def sound(model: Path, vocoder: str) -> RenderRequest:
    return RenderRequest(model, vocoder, GenerationConfig(seconds=0.3))


def test_own_auto_and_built_in_resolve_to_their_vocoders(renderer: SoundRenderer, tiny_model_file: Path) -> None:
    embed(tiny_model_file)
    found = {name: rendered(renderer, sound(tiny_model_file, name)).sound.samples for name in (OWN, AUTO, BUILT_IN.id)}
    assert np.array_equal(found[OWN], found[AUTO])
    assert not np.allclose(found[OWN], found[BUILT_IN.id])
    assert renderer.resolve(sound(tiny_model_file, AUTO)).vocoder.id == OWN
    assert renderer.preview_pipeline(renderer.resolve(sound(tiny_model_file, AUTO)))[0].vocoder.info.id == OWN


def test_auto_keeps_the_built_in_vocoder_where_the_gate_is_not_passed(
    renderer: SoundRenderer, tiny_model_file: Path
) -> None:
    embed(tiny_model_file, FAILED)
    assert renderer.resolve(sound(tiny_model_file, AUTO)).vocoder.id == BUILT_IN.id
    assert renderer.pipeline(renderer.resolve(sound(tiny_model_file, AUTO))).vocoder.info.id == BUILT_IN.id


def test_trained_again_it_is_loaded_again_and_old_results_are_dropped(
    renderer: SoundRenderer, tiny_model_file: Path
) -> None:
    asked = sound(tiny_model_file, OWN)
    embed(tiny_model_file, seed=0)
    before = rendered(renderer, asked).sound.samples
    embed(tiny_model_file, seed=1)
    assert renderer.cached(renderer.resolve(asked)) is None
    assert not np.allclose(rendered(renderer, asked).sound.samples, before)


def test_each_of_two_models_renders_with_its_own_vocoder(
    renderer: SoundRenderer, tiny_model_file: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.distillgan"
    other.write_bytes(tiny_model_file.read_bytes())
    embed(tiny_model_file, seed=0)
    embed(other, seed=1)
    first, second = (rendered(renderer, sound(each, OWN)).sound.samples for each in (tiny_model_file, other))
    assert not np.allclose(first, second)
    assert np.array_equal(rendered(renderer, sound(tiny_model_file, OWN)).sound.samples, first)


def test_a_damaged_vocoder_is_reported_once_and_the_built_in_one_plays(
    renderer: SoundRenderer, notices: list[str], tiny_model_file: Path
) -> None:
    embed_vocoder(tiny_model_file, make_embedded().to_dict(), {})
    for _ in range(2):
        resolved = renderer.resolve(sound(tiny_model_file, AUTO))
        assert renderer.preview_pipeline(resolved)[0].vocoder.info.id == BUILT_IN.id
        assert renderer.pipeline(resolved).vocoder.info.id == BUILT_IN.id
        assert len(notices) == 1
    with pytest.raises(VocoderError, match="damaged"):
        renderer.pipeline(renderer.resolve(sound(tiny_model_file, OWN)))


def test_a_stereo_sound_is_exported_in_stereo_unless_mono_is_asked_for(
    renderer: SoundRenderer, stereo_model: DistillModel, tmp_path: Path
) -> None:
    save_model(stereo_model, tmp_path / "stereo.distillgan")
    request = sound(tmp_path / "stereo.distillgan", AUTO)
    for mono in (False, True):
        drain(renderer.export(ExportRequest(request, tmp_path / f"{mono}.wav", ExportFormat(bits="32f", mono=mono))))
    stereo, _ = soundfile.read(tmp_path / "False.wav", dtype="float32")
    np.testing.assert_array_equal(stereo.T, rendered(renderer, request).sound.samples)
    assert soundfile.info(tmp_path / "True.wav").channels == 1


def test_a_render_goes_the_way_that_a_preview_has_found(
    renderer: SoundRenderer, grain_model: DistillModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[GenerationConfig] = []
    create = TextureCache._create

    def note(cache: TextureCache, source: GrainSource, config: GenerationConfig, windows: Windows) -> WalkTexture:
        made.append(config)
        return create(cache, source, config, windows)

    monkeypatch.setattr(TextureCache, "_create", note)
    save_model(grain_model, tmp_path / "grain.distillgan")
    request = sound(tmp_path / "grain.distillgan", "grain")
    pipeline, _ = renderer.preview_pipeline(renderer.resolve(request))
    pipeline.texture(request.config)
    assert len(made) == 1
    rendered(renderer, request)
    assert len(made) == 1
