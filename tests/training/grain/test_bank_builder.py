"""Banks of small corpora hold everything, those of large ones a choice; what cannot be used is left out."""

from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import pytest
import soundfile

from distill_app.common.generators import drain, map_steps
from distill_app.corpus.corpus import Corpus
from distill_app.corpus.mel_cache import read_recording
from distill_app.corpus.scan import scan_files
from distill_app.dsp.mono import Mixdown
from distill_app.dsp.sound import Samples
from distill_app.grain.bank import GrainBank, decode_segment
from distill_app.models.model import DistillModel
from distill_app.project.corpora import CorpusSpec, Mode
from distill_app.training.grain import bank_builder, candidates, excerpts
from distill_app.training.grain.bank_builder import GrainProgress, grain_bank_steps
from tests.grain.synthetic import RATE, WEIGHTS, stereo_bank, stereo_recordings, synthetic_bank, synthetic_recordings
from tests.training.grain.test_cutting import hit, silence


def write(folder: Path, sounds: dict[str, Samples], rate: int = RATE) -> None:
    folder.mkdir(exist_ok=True)
    for name, samples in sounds.items():
        soundfile.write(folder / name, samples.T, rate, subtype="FLOAT")


def corpus_of(folder: Path, mode: Mode = "textures") -> Corpus:
    return drain(scan_files([replace(CorpusSpec.of(folder), mode=mode)]))


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    write(tmp_path / "sounds", synthetic_recordings())
    return corpus_of(tmp_path / "sounds")


def built(
    model: DistillModel, corpus: Corpus, minutes: float = 5.0, earlier: GrainBank | None = None
) -> tuple[GrainBank, list[GrainProgress]]:
    seen: list[GrainProgress] = []
    bank = drain(map_steps(grain_bank_steps(model, corpus, minutes, earlier), seen.append))
    assert bank is not None
    return bank, seen


def names(bank: GrainBank) -> set[str]:
    return set(bank.recordings)


def test_a_small_corpus_is_kept_whole_at_the_level_of_its_mels(tiny_model: DistillModel, corpus: Corpus) -> None:
    bank, seen = built(tiny_model, corpus)
    assert names(bank) == {"tone.wav", "noise.wav", "chirp.wav"}
    assert bank.seconds == pytest.approx(6, abs=0.1)
    for file, segment in zip(corpus.files, bank.segments, strict=True):
        recorded = synthetic_recordings()[file.name][0] * file.gain
        kept = decode_segment(segment)[0]
        assert np.corrcoef(kept[5_000:60_000], recorded[5_000:60_000])[0, 1] > 0.99
        assert np.std(kept) == pytest.approx(np.std(recorded), rel=0.05)
    assert [step.fraction for step in seen] == sorted(step.fraction for step in seen)
    assert "Keeping the sound of “tone.wav”" in [step.message for step in seen]


def test_stereo_recordings_are_kept_in_stereo_and_mono_ones_in_mono(tiny_model: DistillModel, tmp_path: Path) -> None:
    write(tmp_path / "sounds", stereo_recordings())
    corpus = corpus_of(tmp_path / "sounds")
    bank, _ = built(tiny_model, corpus)
    assert {segment.recording: segment.weights for segment in bank.segments} == WEIGHTS
    for file, segment in zip(corpus.files, bank.segments, strict=True):
        kept, recorded = decode_segment(segment), stereo_recordings()[file.name] * file.gain
        assert kept.shape[0] == segment.channels
        assert kept.std(1) == pytest.approx(recorded.std(1), rel=0.05)
        assert np.corrcoef(kept) == pytest.approx(np.corrcoef(recorded), abs=0.02)


def test_of_stereo_recordings_the_parts_are_chosen_as_in_mono(tiny_model: DistillModel, tmp_path: Path) -> None:
    recorded = stereo_recordings(6.0)
    write(tmp_path / "stereo", recorded)
    write(tmp_path / "mono", {name: Mixdown(WEIGHTS[name]).apply(each)[None] for name, each in recorded.items()})
    stereo, mono = (built(tiny_model, corpus_of(tmp_path / name), 9 / 60)[0] for name in ("stereo", "mono"))
    assert len(stereo.segments) > 1
    for one, other in zip(stereo.segments, mono.segments, strict=True):
        assert (one.recording, one.samples) == (other.recording, other.samples)
        mixed = Mixdown(one.weights).apply(decode_segment(one))
        np.testing.assert_allclose(mixed, decode_segment(other)[0], atol=1e-3)


def test_an_earlier_bank_in_stereo_is_cut_in_stereo(tiny_model: DistillModel, tmp_path: Path) -> None:
    write(tmp_path / "sounds", {"new.wav": synthetic_recordings()["noise.wav"]})
    bank, _ = built(tiny_model, corpus_of(tmp_path / "sounds"), 8 / 60, stereo_bank(6.0))
    kept = {segment.recording: segment.weights for segment in bank.segments if segment.recording != "new.wav"}
    assert kept == {name: WEIGHTS[name] for name in kept} != {}
    assert bank.channels == 2


def test_no_minutes_make_no_bank(tiny_model: DistillModel, corpus: Corpus) -> None:
    assert drain(grain_bank_steps(tiny_model, corpus, 0.0)) is None


def test_takes_and_copies_are_left_out(tiny_model: DistillModel, corpus: Corpus, tmp_path: Path) -> None:
    (tmp_path / "sounds" / "tone copy.wav").write_bytes((tmp_path / "sounds" / "tone.wav").read_bytes())
    again = corpus_of(tmp_path / "sounds")
    files = [replace(file, kind="takes") if file.name == "noise.wav" else file for file in again.files]
    bank, _ = built(tiny_model, replace(again, files=tuple(files)))
    assert len(bank.segments) == 2
    assert "noise.wav" not in names(bank)


def test_only_takes_make_no_bank(tiny_model: DistillModel, corpus: Corpus) -> None:
    takes = tuple(replace(file, kind="takes") for file in corpus.files)
    assert drain(grain_bank_steps(tiny_model, replace(corpus, files=takes), 5.0)) is None


def test_a_file_that_is_gone_is_left_out_with_a_note(tiny_model: DistillModel, corpus: Corpus, tmp_path: Path) -> None:
    (tmp_path / "sounds" / "tone.wav").unlink()
    (tmp_path / "sounds" / "chirp.wav").write_bytes(b"RIFF")
    bank, seen = built(tiny_model, corpus)
    assert names(bank) == {"noise.wav"}
    notes = [note for step in seen for note in step.notes]
    assert any("tone.wav" in note for note in notes)
    assert any("chirp.wav" in note for note in notes)


@pytest.mark.parametrize("rate", [48_000, 22_050])
def test_recordings_of_another_rate_are_resampled(tiny_model: DistillModel, tmp_path: Path, rate: int) -> None:
    time = np.arange(2 * rate) / rate
    write(tmp_path / "sounds", {"a.wav": 0.3 * np.sin(2 * np.pi * 441 * time)[None].astype(np.float32)}, rate)
    bank, _ = built(tiny_model, corpus_of(tmp_path / "sounds"))
    samples = decode_segment(bank.segments[0])[0]
    assert bank.sample_rate == RATE
    assert len(samples) == pytest.approx(2 * RATE, abs=1_000)
    np.testing.assert_allclose(samples[20_000:20_400], samples[20_100:20_500], atol=0.01)


def long_sounds(count: int = 4, seconds: float = 30.0) -> dict[str, Samples]:
    """Tones of different pitch, whose second half is a noise."""
    time, random = np.arange(round(seconds * RATE)) / RATE, np.random.default_rng(0)
    sounds = {}
    for number in range(count):
        tone = 0.3 * np.sin(2 * np.pi * 200 * 2**number * time)
        noise = 0.1 * random.standard_normal(len(time))
        sounds[f"{number}.wav"] = np.where(time < seconds / 2, tone, noise)[None].astype(np.float32)
    return sounds


def test_a_large_corpus_is_covered_within_the_budget(tiny_model: DistillModel, tmp_path: Path) -> None:
    write(tmp_path / "sounds", long_sounds())
    bank, _ = built(tiny_model, corpus_of(tmp_path / "sounds"), 0.5)
    assert 20 <= bank.seconds <= 30.5
    assert len(bank.recordings) >= 2
    assert max(segment.samples for segment in bank.segments) <= 30 * RATE


def test_only_files_with_chosen_places_are_decoded(
    tiny_model: DistillModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "sounds", long_sounds(3, 12.0))
    monkeypatch.setattr(bank_builder, "_PLACES_MIN", 3)
    monkeypatch.setattr(bank_builder, "_PLACES_MAX", 3)
    read, encode = Mock(wraps=excerpts.read_spans), Mock(wraps=candidates.place_latents)
    monkeypatch.setattr(bank_builder, "read_spans", read)
    monkeypatch.setattr(bank_builder, "place_latents", encode)
    built(tiny_model, corpus_of(tmp_path / "sounds"), 4.1 / 60)
    assert len(encode.call_args.args[1]) == 3
    read.assert_called_once()


def hits(count: int, gap: float = 0.5) -> Samples:
    return np.concatenate([silence(0.2), *[part for _ in range(count) for part in (hit(0.4), silence(gap - 0.4))]], 1)


def test_segments_of_one_shots_begin_at_their_hits(tiny_model: DistillModel, tmp_path: Path) -> None:
    write(tmp_path / "sounds", {"a.wav": hits(1), "b.wav": hits(3)})
    bank, _ = built(tiny_model, corpus_of(tmp_path / "sounds", "one-shots"))
    onsets = [segment.onsets for segment in bank.segments]
    assert onsets[0] == (0,)
    assert onsets[1] is not None
    assert np.array(onsets[1]) == pytest.approx(np.array([0, 0.5, 1.0]) * RATE, abs=200)


def test_hits_are_chosen_within_the_budget(tiny_model: DistillModel, tmp_path: Path) -> None:
    write(tmp_path / "sounds", {"a.wav": hits(12), "b.wav": hits(12) * np.float32(0.2)})
    bank, _ = built(tiny_model, corpus_of(tmp_path / "sounds", "one-shots"), 2 / 60)
    assert 0.5 <= bank.seconds <= 2.1
    for segment in bank.segments:
        assert segment.onsets is not None
        assert segment.onsets[0] == 0
        loud = np.abs(decode_segment(segment)[0])
        assert loud[:2_000].max() > 0.5 * loud.max()


def test_the_earlier_bank_is_kept_and_extended(tiny_model: DistillModel, tmp_path: Path) -> None:
    write(tmp_path / "sounds", {"new.wav": synthetic_recordings()["noise.wav"]})
    bank, _ = built(tiny_model, corpus_of(tmp_path / "sounds"), 5.0, synthetic_bank())
    assert bank.recordings == ("tone.wav", "noise.wav", "chirp.wav", "new.wav")


def test_the_budget_holds_for_earlier_and_new_recordings(tiny_model: DistillModel, tmp_path: Path) -> None:
    write(tmp_path / "sounds", long_sounds(2, 12.0))
    bank, _ = built(tiny_model, corpus_of(tmp_path / "sounds"), 0.3, synthetic_bank(6.0))
    assert bank.seconds <= 18.5
    assert names(bank) & {"0.wav", "1.wav"}
    assert names(bank) & {"tone.wav", "noise.wav", "chirp.wav"}


def test_damaged_earlier_recordings_are_left_out_with_a_note(tiny_model: DistillModel, corpus: Corpus) -> None:
    earlier = synthetic_bank()
    damaged = replace(earlier.segments[0], recording="gone.wav", flac=earlier.segments[0].flac[:500])
    whole = replace(earlier.segments[1], recording="kept.wav")
    bank, seen = built(tiny_model, corpus, 5.0, replace(earlier, segments=(damaged, whole)))
    assert "kept.wav" in names(bank)
    assert "gone.wav" not in names(bank)
    assert "damaged" in seen[0].notes[0]


@pytest.mark.parametrize("mode", ["textures", "one-shots"])
@pytest.mark.parametrize("seconds", [0.01, 0.05])
def test_one_recording_shorter_than_a_grain(
    tiny_model: DistillModel, tmp_path: Path, mode: Mode, seconds: float
) -> None:
    write(tmp_path / "sounds", {"a.wav": hit(seconds)})
    bank, _ = built(tiny_model, corpus_of(tmp_path / "sounds", mode))
    assert bank.seconds == pytest.approx(seconds, abs=0.005)
    source = tiny_model.with_grain(bank).grain_source
    assert source is not None


def test_identical_recordings(tiny_model: DistillModel, tmp_path: Path) -> None:
    samples = synthetic_recordings()["tone.wav"]
    write(tmp_path / "sounds", {f"{number}.wav": samples for number in range(6)})
    bank, _ = built(tiny_model, corpus_of(tmp_path / "sounds"), 3 / 60)
    assert len(bank.segments) == 1


def test_the_level_of_a_recording_over_full_scale_is_kept(tiny_model: DistillModel, tmp_path: Path) -> None:
    write(tmp_path / "sounds", {"a.wav": 5 * synthetic_recordings()["tone.wav"]})
    corpus = corpus_of(tmp_path / "sounds")
    bank, _ = built(tiny_model, corpus)
    gain = corpus.files[0].gain
    peak = float(np.abs(5 * synthetic_recordings()["tone.wav"]).max()) * gain
    assert float(np.abs(decode_segment(bank.segments[0])).max()) == pytest.approx(peak, rel=0.03)


def test_the_place_of_a_mel_in_its_file_is_known(tmp_path: Path) -> None:
    write(tmp_path / "sounds", {"a.wav": np.concatenate([silence(2), hit(1)], 1)})
    found = read_recording(tmp_path / "sounds" / "a.wav", tmp_path / "cache")
    again = read_recording(tmp_path / "sounds" / "a.wav", tmp_path / "cache")
    assert found.first_sample == again.first_sample == pytest.approx(2 * RATE, abs=7 * 512)
    assert found.path == tmp_path / "sounds" / "a.wav"
