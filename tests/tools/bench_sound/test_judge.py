"""The judge on two short recordings and a model of random weights."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from distill_app.grain.bank import GrainBank, encode_segment
from distill_app.models.model import DistillModel
from tests.tools.bench_sound.signals import RATE, Samples, clicks, noise, pulsing, tone
from tools.bench_sound import __main__ as program
from tools.bench_sound.instrument import HIT_SAMPLES, Excerpt, Instrument
from tools.bench_sound.judge import Judge
from tools.bench_sound.known_bad import ForeignLoop, Patchwork, SpectrumNoise
from tools.bench_sound.measures import HOP, PIECE_SAMPLES, mean_spectrum, piece_mel, spectrum_error_db
from tools.bench_sound.places import Place, Question, asked_mel, places
from tools.bench_sound.report import Result, flat_figures, question_text
from tools.bench_sound.sets import SETS, SoundSet, next_set
from tools.bench_sound.systems import SYSTEMS, BuiltIn, Recordings, without_recording, without_window

_TEXTURES = SoundSet("small", "tuned", "sustained", "noise and clicks", ())
_HITS = SoundSet("hits", "judged", "one-shots", "two hits", ())


def _hit(start: int) -> Samples:
    decay = np.exp(-np.arange(RATE) / 2_000)
    return np.concatenate([np.zeros(start), decay * noise(start, 1.0)]).astype(np.float32)


@pytest.fixture(scope="module")
def textures(tiny_model: DistillModel) -> Instrument:
    recordings = {"noise.wav": pulsing(3.0, noise(1)), "clicks.wav": clicks(15, 2.3), "short.wav": tone(500, 0.5)}
    return Instrument(_TEXTURES, tiny_model, recordings, (noise(7, 2.0),))


@pytest.fixture(scope="module")
def hits(tiny_model: DistillModel) -> Instrument:
    return Instrument(_HITS, tiny_model, {"late.wav": _hit(9_000), "at-once.wav": _hit(0)}, (tone(900, 0.5),))


@pytest.fixture(scope="module")
def judge(textures: Instrument) -> Judge:
    return Judge(textures, ())


def _places(instrument: Instrument, question: Question, count: int = 2) -> list[Place]:
    return places(instrument, question)[:count]


def test_excerpts_are_parts_of_their_recordings(textures: Instrument) -> None:
    assert [each.file for each in textures.excerpts] == ["noise.wav", "clicks.wav", "clicks.wav", "short.wav"]
    for each in textures.excerpts:
        part = textures.recordings[each.file][each.start : each.start + PIECE_SAMPLES]
        assert len(each.samples) == PIECE_SAMPLES
        assert np.array_equal(each.samples[: len(part)], part)
        assert each.mel.shape == (128, 128)


def test_silence_is_no_excerpt(tiny_model: DistillModel) -> None:
    silent = np.zeros(2 * PIECE_SAMPLES, np.float32)
    instrument = Instrument(_TEXTURES, tiny_model, {"a.wav": np.concatenate([noise(1), silent])})
    assert max(each.start for each in instrument.excerpts) <= PIECE_SAMPLES


def test_hits_begin_just_before_their_onset(hits: Instrument) -> None:
    assert [each.file for each in hits.excerpts] == ["late.wav", "at-once.wav"]
    for each in hits.excerpts:
        assert len(each.samples) == HIT_SAMPLES
        assert 60 < int(np.argmax(np.abs(each.samples) > 0.01)) < 100
        assert float(each.mel[:, 3:8].mean()) > float(each.mel[:, :1].mean()) + 1


def test_places_are_those_of_the_recordings_and_fixed(textures: Instrument) -> None:
    own, again = (places(textures, "own") for _ in range(2))
    assert [each.excerpt for each in own] == textures.excerpts
    assert all((one.latent == other.latent).all() for one, other in zip(own, again, strict=True))
    assert all(each.left_out == each.excerpt.file for each in places(textures, "left-out") if each.excerpt)
    first, second = (places(textures, "random") for _ in range(2))
    assert len(first) == 8
    assert all((one.latent == other.latent).all() for one, other in zip(first, second, strict=True))
    assert not (first[0].latent == first[1].latent).all()


def test_one_shots_are_not_held(hits: Instrument) -> None:
    assert not places(hits, "hold")
    assert {each.samples for each in places(hits, "random")} == {HIT_SAMPLES}


def test_every_system_renders_the_length_that_is_asked(hits: Instrument) -> None:
    segments = tuple(encode_segment(name, each[None], RATE) for name, each in hits.recordings.items())
    hits = replace(hits, model=hits.model.with_grain(GrainBank(segments, RATE)))
    (place,) = _places(hits, "own", 1)
    assert len(SYSTEMS) >= 4
    for kind in SYSTEMS.values():
        render = kind().render(hits, place)
        assert len(render) == place.samples
        assert render.dtype == np.float32


def test_the_built_in_vocoder_renders_the_mel_of_the_latent(textures: Instrument) -> None:
    (place,) = _places(textures, "own", 1)
    mel = piece_mel(BuiltIn().render(textures, place))
    assert spectrum_error_db(asked_mel(textures, place), mel) < 3


def test_a_recording_that_is_left_out_is_not_rendered(textures: Instrument) -> None:
    own, left_out = (_places(textures, each, 1)[0] for each in ("own", "left-out"))
    assert own.excerpt is not None
    assert np.array_equal(Recordings().render(textures, own), own.excerpt.samples)
    other = Recordings().render(textures, left_out)
    assert any(np.array_equal(other, each.samples) for each in textures.excerpts if each.file != left_out.left_out)


def test_a_model_forgets_the_recording_that_is_left_out(tiny_model: DistillModel) -> None:
    segments = tuple(encode_segment(name, tone(440, 0.1)[None], RATE) for name in ("a.wav", "b.wav", "a.wav"))
    model = tiny_model.with_grain(GrainBank(segments, RATE))
    kept = without_recording(model, "a.wav").grain
    assert kept is not None
    assert kept.recordings == ("b.wav",)
    assert without_recording(model, None) is model
    assert without_recording(tiny_model, "a.wav") is tiny_model


def test_a_model_forgets_the_window_that_is_left_out_and_keeps_what_is_around_it(textures: Instrument) -> None:
    others = (encode_segment("other.wav", tone(440, 0.1)[None], RATE),)
    recorded = np.concatenate([noise(3, 1.0), tone(300, 1.5), noise(4, 0.1)])
    instrument = replace(
        textures, model=textures.model.with_grain(GrainBank(others, RATE)), recordings={"a.wav": recorded}
    )
    kept = without_window(instrument, Excerpt("a.wav", RATE, tone(300, 1.5), textures.excerpts[0].mel)).grain
    assert kept is not None
    assert [(each.recording, each.samples) for each in kept.segments] == [("other.wav", RATE // 10), ("a.wav", RATE)]


def test_what_overlaps_a_window_that_is_left_out_is_not_rendered(textures: Instrument) -> None:
    (place,) = [each for each in places(textures, "window-out") if each.excerpt is textures.excerpts[1]]
    assert place.excerpt is not None
    assert textures.excerpts[2].start - place.excerpt.start < PIECE_SAMPLES
    other = Recordings().render(textures, place)
    assert any(np.array_equal(other, textures.excerpts[number].samples) for number in (0, 3))


def test_fades_at_the_edges_are_no_texture_inside(textures: Instrument, judge: Judge) -> None:
    class Faded:
        title, uses_recordings = "faded", True

        def render(self, instrument: Instrument, place: Place) -> Samples:
            found = Recordings().render(instrument, place)
            ramp = np.clip(np.arange(len(found)) / 400, 0, 1).astype(np.float32)
            return found * ramp * ramp[::-1]

    values = judge.measure(Faded(), _places(textures, "own"))
    assert values["inner_texture_distance"] == 0 < values["texture_distance"]


def test_noise_has_the_spectrum_that_is_asked(textures: Instrument) -> None:
    (place,) = _places(textures, "own", 1)
    mel = piece_mel(SpectrumNoise().render(textures, place))
    assert spectrum_error_db(asked_mel(textures, place), mel) < 3
    assert mean_spectrum(mel).shape == (128, 1)


def test_the_foreign_loop_repeats_another_sets_sound(textures: Instrument) -> None:
    (place,) = _places(textures, "hold", 1)
    render = ForeignLoop().render(textures, place)
    assert np.array_equal(render[: 96 * HOP], textures.foreign[0][: 96 * HOP])
    assert np.array_equal(render[96 * HOP : 2 * 96 * HOP], render[: 96 * HOP])


def test_recordings_score_best_and_bad_systems_badly_at_their_own_places(textures: Instrument, judge: Judge) -> None:
    asked = _places(textures, "own", 1)
    best, noisy, foreign = (judge.measure(each(), asked) for each in (Recordings, SpectrumNoise, ForeignLoop))
    assert best["texture_distance"] == best["group_delay"] == best["loudness_error_db"] == 0
    assert best["novelty_db"] < 1 < noisy["novelty_db"]
    for bad in (noisy, foreign):
        assert bad["texture_distance"] > 0.3
        assert bad["group_delay"] > 0.5


def test_a_held_loop_repeats_and_noise_does_not(textures: Instrument, judge: Judge) -> None:
    asked = [replace(each, samples=round(6.1 * RATE)) for each in _places(textures, "hold", 1)]
    assert judge.measure(ForeignLoop(), asked)["repetition"] > 0.95
    steady = judge.measure(SpectrumNoise(), asked)
    assert steady["repetition"] < 0.2
    assert math.isnan(steady["texture_distance"])
    assert math.isnan(steady["mel_error_db"])


def test_a_patchwork_has_larger_steps_than_what_goes_on(textures: Instrument, judge: Judge) -> None:
    asked = [replace(each, samples=round(6.1 * RATE)) for each in _places(textures, "hold", 1)]
    steady, patched = (judge.measure(each(), asked)["step_db"] for each in (SpectrumNoise, Patchwork))
    assert 3 * steady < patched


def test_attacks_are_measured_on_one_shots_alone(hits: Instrument, judge: Judge, textures: Instrument) -> None:
    own = Judge(hits, ()).measure(Recordings(), _places(hits, "own", 1))
    assert own["onset_ms"] == pytest.approx(1.5, abs=1.5)
    assert own["rise_times"] == 1
    assert own["crest_db"] > 10
    assert math.isnan(judge.measure(Recordings(), _places(textures, "own", 1))["rise_ms"])


def _results() -> list[Result]:
    one = {"texture_distance": 0.25, "rise_ms": math.nan}
    other = {"texture_distance": 0.75, "rise_ms": 2.0}
    return [
        Result("loops", "tuned", "own", "built-in", one),
        Result("drums", "tuned", "own", "built-in", other),
        Result("beats", "judged", "own", "built-in", other),
    ]


def test_tables_have_means_of_each_group_and_dashes_with_a_reason() -> None:
    lines = question_text(_results(), "own").splitlines()
    assert [line.split() for line in lines[2:4]] == [
        ["mean", "tuned", "built-in", "0.50", "2.00"],
        ["mean", "judged", "built-in", "0.75", "2.00"],
    ]
    assert lines[4].split() == ["loops", "built-in", "0.25", "–"]
    assert "only one-shots have an attack" in lines[-1]
    assert not question_text(_results(), "hold")


def test_figures_are_flat_and_leave_out_what_was_not_measured() -> None:
    figures = flat_figures(_results())
    assert figures["own.built-in.mean-tuned.texture_distance"] == 0.5
    assert figures["own.built-in.drums.rise_ms"] == 2.0
    assert "own.built-in.loops.rise_ms" not in figures


def test_one_slow_attack_does_not_outweigh_the_others(hits: Instrument) -> None:
    swell = np.linspace(0, 1, HIT_SAMPLES, dtype=np.float32) * noise(4, 1.2)[:HIT_SAMPLES]
    renders = iter([hits.excerpts[0].samples, swell, hits.excerpts[1].samples])

    class FakeSystem:
        title, uses_recordings = "fake", False

        def render(self, _instrument: Instrument, _place: Place) -> Samples:
            return next(renders)

    (place,) = _places(hits, "own", 1)
    assert Judge(hits, ()).measure(FakeSystem(), [place] * 3)["rise_ms"] < 10


def test_the_wrong_sounds_are_of_another_kind() -> None:
    assert all(next_set(each).kind != each.kind for each in SETS)


def test_options_choose_sets_and_systems(
    textures: Instrument, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out, written = tmp_path / "figures.json", list[SoundSet]()
    monkeypatch.setattr(program, "write_sets", lambda sets, _: written.extend(sets))
    monkeypatch.setattr(program, "load_instrument", lambda *_: textures)
    monkeypatch.setattr(program, "QUESTIONS", ("own", "left-out"))
    monkeypatch.setattr(program, "places", lambda instrument, question, _: _places(instrument, question, 1))
    options = ["bench_sound", "--set", "loops", "--group", "tuned", "--system", "recordings", "--quick"]
    monkeypatch.setattr("sys.argv", [*options, "--out", str(out)])
    program.main()
    assert written == [SETS[0], next_set(SETS[0])]
    figures = json.loads(out.read_text())
    assert figures["own.recordings.loops.texture_distance"] == 0
    assert "left-out: " in capsys.readouterr().out


def test_a_group_without_the_named_set_judges_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options = ["bench_sound", "--set", "loops", "--group", "judged", "--quick", "--out", str(tmp_path / "a.json")]
    monkeypatch.setattr("sys.argv", options)
    with pytest.raises(SystemExit, match="no set"):
        program.main()
