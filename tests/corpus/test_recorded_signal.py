"""The survey and every training use one mono signal of a file, of one length, or both skip it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
import soundfile
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from distill_app.cli.progress import drain_with
from distill_app.corpus.corpus import Recording
from distill_app.corpus.scan import scan_files
from distill_app.corpus.survey import SurveyedFile, survey
from distill_app.dsp.mono_file import file_mixdown, read_mono
from distill_app.models.window import WINDOW_FRAMES
from distill_app.project.corpora import CorpusSpec, Mode
from distill_app.training.vocoder.recordings import Recordings, decode_recordings

RATE = 44_100
OFFSETS = (0.0005, 0.001, 0.002, 0.02, 0.05, 0.2)

Wave = NDArray[np.float64]


@dataclass(frozen=True)
class Outcome:
    """Result of the survey and of a training's scan of a folder, with the reasons for skipped files."""

    rows: dict[str, SurveyedFile]
    used: dict[str, Recording]
    reasons: dict[str, str]

    def mel(self, name: str) -> torch.Tensor:
        return self.used[name].mel.read(0, self.used[name].mel.frames)


def outcome(folder: Path, cache: Path, mode: Mode = "textures") -> Outcome:
    corpora = [CorpusSpec.of(folder, mode=mode)]
    rows = drain_with(survey(corpora, cache), lambda _: None).files
    corpus = drain_with(scan_files(corpora, cache / "mels"), lambda _: None)
    reasons = {each.name: each.reason for each in corpus.skipped}
    return Outcome({row.name: row for row in rows}, {each.name: each for each in corpus.files}, reasons)


def decode(folder: Path, cache: Path) -> Recordings:
    return drain_with(decode_recordings([folder], RATE, cache), lambda _: None)


def write(path: Path, *channels: Wave, rate: int = RATE) -> None:
    path.parent.mkdir(exist_ok=True)
    soundfile.write(path, np.stack(channels, 1), rate, "PCM_24")


def tones(seconds: float = 1.5, seed: int = 0) -> Wave:
    """A chord that dies away twice."""
    random, time = np.random.default_rng(seed), np.arange(round(seconds * RATE)) / RATE
    partials = [np.sin(2 * np.pi * 110 * k * time + random.uniform(0, 6)) / k for k in range(1, 9)]
    return 0.1 * np.sum(partials, 0) * np.exp(-4 * (time % 0.7))


def note_between_silences(seed: int = 0) -> Wave:
    edge = np.arange(2 * RATE)
    wave = tones(2.0, seed) * np.minimum(1, np.minimum(edge, edge[::-1]) / 441)
    return np.concatenate([np.zeros(RATE // 2), wave, np.zeros(RATE)])


@given(
    gains=st.lists(st.sampled_from((0.0, 1.0, -1.0, -0.97, 0.3, 0.001)), min_size=1, max_size=4),
    shared=st.booleans(),
    milliseconds=st.sampled_from((0.1, 9.9, 10.1, 40, 300)),
    rate=st.sampled_from((22_050, 44_100)),
    offset=st.sampled_from((0.0, 0.001, 0.2)),
    level=st.sampled_from((0.5, 1e-3, 1e-5)),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_survey_and_training_agree_on_every_file(
    gains: Sequence[float], shared: bool, milliseconds: float, rate: int, offset: float, level: float
) -> None:
    random, length = np.random.default_rng(0), max(1, round(milliseconds * rate / 1000))
    common = random.standard_normal(length)
    waves = [gain * (common if shared else random.standard_normal(length)) for gain in gains]
    with TemporaryDirectory() as name:
        path = Path(name, "in", "a.wav")
        write(path, *(level * np.clip(wave, -1, 1) + offset for wave in waves), rate=rate)
        write(Path(name, "in", "good.wav"), tones())
        found = outcome(path.parent, Path(name))
        row = found.rows["a.wav"]
        assert row.included == ("a.wav" in found.used)
        assert row.reason == found.reasons.get("a.wav", "")
        assert row.stats is not None
        assert row.stats.channels_used == file_mixdown(path).note
        mono = np.concatenate([piece.samples[0] for piece in read_mono(path, 60)])
        if row.included:
            assert row.stats.seconds == pytest.approx(found.used["a.wav"].seconds, abs=1e-6)
            assert row.stats.level_dbfs == pytest.approx(20 * np.log10(np.std(mono)), abs=0.5)


def test_sound_of_cancelling_channels_is_used(tmp_path: Path) -> None:
    wave, noise = tones(), 4e-4 * np.random.default_rng(1).standard_normal(len(tones()))
    channels = {
        "opposed": (wave, -wave),
        "nearly": (wave, -0.97 * wave),
        "noise": (wave, noise - wave),
        "left": (wave, 0 * wave),
        "24": [wave if number == 5 else 0 * wave for number in range(24)],
    }
    write(tmp_path / "in" / "mono.wav", wave)
    for name, waves in channels.items():
        write(tmp_path / "in" / f"{name}.wav", *waves)
    found, vocoder = outcome(tmp_path / "in", tmp_path), decode(tmp_path / "in", tmp_path / "recordings")
    mono = found.rows["mono.wav"].stats
    assert len(found.used) == vocoder.files == 6
    for name in channels:
        stats = found.rows[f"{name}.wav"].stats
        assert mono is not None
        assert stats is not None
        assert (stats.onsets, stats.channels_used != "") == (mono.onsets, True)
        assert stats.level_dbfs == pytest.approx(mono.level_dbfs, abs=0.2)
        heard = found.mel("mono.wav") > -4  # noise of the inputs lies below
        assert (found.mel(f"{name}.wav") - found.mel("mono.wav"))[heard].abs().max() < 0.1
    samples = {
        name: piece.read(0, piece.length) for name, piece in zip(sorted(found.rows), vocoder.pieces, strict=True)
    }
    for each in samples.values():
        assert np.abs(each - samples["mono.wav"]).max() < 0.01


def test_an_offset_changes_nothing_in_the_corpus(tmp_path: Path) -> None:
    write(tmp_path / "in" / "clean.wav", note_between_silences())
    for offset in OFFSETS:
        write(tmp_path / "in" / f"{offset}.wav", note_between_silences() + offset)
    write(tmp_path / "in" / "two.wav", note_between_silences() + 0.1, note_between_silences() - 0.2)
    found = outcome(tmp_path / "in", tmp_path)
    assert len(found.used) == len(OFFSETS) + 2
    clean = found.rows["clean.wav"].stats
    assert clean is not None
    assert clean.first_seconds == pytest.approx(0.5, abs=0.03)
    assert found.mel("clean.wav").shape[1] == pytest.approx(2 * RATE / 512, abs=9)
    for name, row in found.rows.items():
        assert row.stats is not None
        assert (row.stats.first_seconds, row.stats.last_seconds) == (clean.first_seconds, clean.last_seconds)
        assert (row.stats.onsets, row.windows) == (clean.onsets, 2)
        assert row.stats.level_dbfs == pytest.approx(clean.level_dbfs, abs=0.01)
        audible = found.mel("clean.wav") > -8
        assert found.mel(name).shape == audible.shape
        assert (found.mel(name) - found.mel("clean.wav"))[audible].abs().max() < 0.01


def test_an_offset_alone_is_silence(tmp_path: Path) -> None:
    write(tmp_path / "in" / "good.wav", tones())
    write(tmp_path / "in" / "offset.wav", np.full(RATE, 0.06))
    write(tmp_path / "in" / "two.wav", np.full(RATE, 0.06), np.full(RATE, -0.2))
    found, vocoder = outcome(tmp_path / "in", tmp_path), decode(tmp_path / "in", tmp_path / "recordings")
    reasons = {"offset.wav": "“offset.wav” is silent.", "two.wav": "“two.wav” is silent."}
    assert found.reasons == {each.name: each.reason for each in vocoder.skipped} == reasons
    assert {name: row.reason for name, row in found.rows.items() if row.reason} == reasons


def hits(folder: Path, seconds: Sequence[float]) -> None:
    random = np.random.default_rng(2)
    for number, length in enumerate(seconds):
        time = np.arange(round(length * RATE)) / RATE
        wave = np.exp(-5 * time / length) * (np.sin(2 * np.pi * 200 * time) + random.normal(0, 0.5, len(time)))
        write(folder / f"{number:02}.wav", 0.3 * wave)


@pytest.mark.parametrize("mode", ["textures", "one-shots"])
def test_hits_from_ten_milliseconds_on_are_used_and_padded_with_silence(tmp_path: Path, mode: Mode) -> None:
    hits(tmp_path / "in", [0.01, *np.geomspace(0.02, 0.2, 12)])
    found = outcome(tmp_path / "in", tmp_path, mode)
    assert len(found.used) == sum(row.included for row in found.rows.values()) == 13
    assert {row.windows for row in found.rows.values()} == {1}
    assert not found.reasons
    for name, recording in found.used.items():
        mel, sounding = found.mel(name), round(recording.seconds * RATE / 512)
        assert mel.shape[1] == WINDOW_FRAMES
        assert recording.starts in (None, (0,), (1,), (2,))
        assert int(mel.exp().sum(0).argmax()) <= 6
        assert float(mel[:, sounding + 12 :].max()) == pytest.approx(float(np.log(1e-5)))
    assert decode(tmp_path / "in", tmp_path / "recordings").files == 13


def test_shorter_sounds_are_refused_with_their_length(tmp_path: Path) -> None:
    hits(tmp_path / "in", [0.0099, 0.2])
    found, vocoder = outcome(tmp_path / "in", tmp_path), decode(tmp_path / "in", tmp_path / "recordings")
    sentence = "“00.wav” is too short: 9.9 of at least 10 milliseconds."
    assert found.reasons["00.wav"] == found.rows["00.wav"].reason == vocoder.skipped[0].reason == sentence
