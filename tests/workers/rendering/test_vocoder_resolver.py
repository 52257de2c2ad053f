"""The worker plays what the model carries, loads it anew once trained anew, and makes do where it is damaged."""

from pathlib import Path

import numpy as np
import pytest

from distill_app.common.errors import VocoderError
from distill_app.generation.config import GenerationConfig
from distill_app.models.model_file import embed_vocoder
from distill_app.vocoders.built_in import BUILT_IN
from distill_app.vocoders.embedded.vocoder import AUTO, OWN
from distill_app.workers.rendering.messages import RenderRequest, RenderResult
from distill_app.workers.rendering.renderer import SoundRenderer
from tests.embedded_vocoder import FAILED, embed, make_embedded


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def renderer(told: list[str]) -> SoundRenderer:
    return SoundRenderer(told.append)


def rendered(renderer: SoundRenderer, request: RenderRequest) -> RenderResult:
    job = renderer.render(request)
    while True:
        try:
            next(job)
        except StopIteration as end:
            result = end.value
            assert isinstance(result, RenderResult)
            return result


def sound(model: Path, vocoder: str) -> RenderRequest:
    return RenderRequest(model, vocoder, GenerationConfig(seconds=0.3))


def test_own_auto_and_built_in_are_what_they_say(renderer: SoundRenderer, tiny_model_file: Path) -> None:
    embed(tiny_model_file)
    found = {name: rendered(renderer, sound(tiny_model_file, name)).sound.samples for name in (OWN, AUTO, BUILT_IN.id)}
    assert np.array_equal(found[OWN], found[AUTO])
    assert not np.allclose(found[OWN], found[BUILT_IN.id])
    assert renderer.voice(sound(tiny_model_file, AUTO)) == OWN
    assert renderer.quick_pipeline(sound(tiny_model_file, AUTO)).vocoder.info.id == OWN


def test_before_its_gate_auto_keeps_the_built_in_one(renderer: SoundRenderer, tiny_model_file: Path) -> None:
    embed(tiny_model_file, FAILED)
    assert renderer.voice(sound(tiny_model_file, AUTO)) == BUILT_IN.id
    assert renderer.pipeline(sound(tiny_model_file, AUTO)).vocoder.info.id == BUILT_IN.id


def test_trained_anew_it_is_loaded_anew_and_its_old_sounds_are_forgotten(
    renderer: SoundRenderer, tiny_model_file: Path
) -> None:
    asked = sound(tiny_model_file, OWN)
    embed(tiny_model_file, seed=0)
    before = rendered(renderer, asked).sound.samples
    embed(tiny_model_file, seed=1)
    assert renderer.known(asked) is None
    assert not np.allclose(rendered(renderer, asked).sound.samples, before)


def test_of_two_models_each_sings_with_its_own(renderer: SoundRenderer, tiny_model_file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.distillgan"
    other.write_bytes(tiny_model_file.read_bytes())
    embed(tiny_model_file, seed=0)
    embed(other, seed=1)
    first, second = (rendered(renderer, sound(each, OWN)).sound.samples for each in (tiny_model_file, other))
    assert not np.allclose(first, second)
    assert np.array_equal(rendered(renderer, sound(tiny_model_file, OWN)).sound.samples, first)


def test_a_damaged_one_is_told_once_and_the_built_in_one_plays(
    renderer: SoundRenderer, told: list[str], tiny_model_file: Path
) -> None:
    embed_vocoder(tiny_model_file, make_embedded().to_dict(), {})
    for _ in range(2):
        assert renderer.pipeline(sound(tiny_model_file, AUTO)).vocoder.info.id == BUILT_IN.id
    assert len(told) == 1
    with pytest.raises(VocoderError, match="damaged"):
        renderer.pipeline(sound(tiny_model_file, OWN))
