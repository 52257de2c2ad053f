"""Command that makes the corpus: segments, report, excluded recordings and errors."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from tools import vocoder_corpus
from tools.vocoder_audio import RATE_HZ, recordings
from tools.vocoder_audio import segments as segments_module
from tools.vocoder_audio.midi import Note, Score
from tools.vocoder_audio.programs import MissingError, ProgramError, play, speak
from tools.vocoder_audio.recordings import CC0_KIT, Library, is_held_out, song_excerpt, training_recordings
from tools.vocoder_audio.report import SOURCES
from tools.vocoder_audio.segments import SHARES, SegmentMaker

COMPUTED = {"noise": 0.25, "synthesis": 0.25, "tones": 0.25, "recording": 0.25}
SCORE = Score((Note(0.0, 1.0, 60, 100),), {0: 0})


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Two recordings at different rates and one song."""
    folder = tmp_path_factory.mktemp("library")
    rng = np.random.default_rng(0)
    for name, rate, seconds in (("short.wav", 48_000, 0.5), ("long.wav", 22_050, 4.0)):
        sf.write(folder / name, 0.3 * rng.standard_normal(round(seconds * rate)).clip(-3, 3), rate)
    for name in ("song.ogg", "guitar.ogg"):
        sf.write(folder / name, 0.1 * rng.standard_normal((16 * RATE_HZ, 2)), RATE_HZ)
    return Library([folder / "short.wav", folder / "long.wav"], [folder])


def test_shares_add_up_to_one() -> None:
    assert sum(SHARES.values()) == pytest.approx(1.0)


def test_corpus_has_the_requested_length_and_a_report(tmp_path: Path, library: Library) -> None:
    out = tmp_path / "corpus"
    written = vocoder_corpus.write_corpus(SegmentMaker(3, library, COMPUTED), out, minutes=0.5)
    files = [sf.info(str(file)) for file in sorted(out.glob("*.flac"))]
    assert 30 <= sum(file.duration for file in files) < 50
    assert all(10 <= file.duration <= 20 for file in files)
    assert {(file.samplerate, file.channels, file.subtype) for file in files} == {(RATE_HZ, 1, "PCM_16")}
    listed = json.loads((out / "corpus.json").read_text())
    assert [item["file"] for item in listed["files"]] == sorted(file.name for file in out.glob("*.flac"))
    assert {source for item in written for source in item.sources} <= set(SOURCES)
    assert f"{len(written)} segments" in (out / "corpus.md").read_text()


def test_seed_and_number_determine_a_segment(library: Library) -> None:
    first, again = (SegmentMaker(3, library, COMPUTED).make(4) for _ in range(2))
    assert np.array_equal(first.samples, again.samples)
    assert not np.array_equal(first.samples[:1_000], SegmentMaker(3, library, COMPUTED).make(5).samples[:1_000])
    assert not np.array_equal(first.samples[:1_000], SegmentMaker(4, library, COMPUTED).make(4).samples[:1_000])


def test_segments_neither_clip_nor_click_and_some_are_quiet(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments_module, "SHORTEST_SECONDS", 2.0)
    monkeypatch.setattr(segments_module, "LONGEST_SECONDS", 4.0)
    maker = SegmentMaker(1, library, {"noise": 0.5, "tones": 0.5})
    segments = [maker.make(number).samples for number in range(12)]
    peaks_db = [20 * np.log10(np.abs(samples).max()) for samples in segments]
    assert all(-51 < peak <= -0.4 for peak in peaks_db)
    assert min(peaks_db) < -25
    assert all(samples[0] == samples[-1] == 0 for samples in segments)
    assert all(2 <= len(samples) / RATE_HZ <= 4 for samples in segments)


def test_song_excerpt_has_the_requested_length(library: Library) -> None:
    for seed in range(5):
        found = song_excerpt(np.random.default_rng(seed), 12.0, library.songs)
        assert found.shape == (12 * RATE_HZ,)
        assert np.std(found[:RATE_HZ]) > 0.05


def test_held_out_recordings_are_excluded_from_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recordings, "SAMPLES", tmp_path)
    monkeypatch.setattr(recordings, "CC0_KIT", tmp_path)
    held = {"loop_amen_full.flac", "vinyl_hiss.flac", "ambi_lunar_land.flac", "tabla_ke2.flac", "mehackit_robot1.flac"}
    found = training_recordings(held | {"bd_haus.flac", "tabla_na.flac"})
    assert [file.name for file in found] == ["bd_haus.flac", "tabla_na.flac"]
    assert all(is_held_out(name) for name in held)


def test_missing_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recordings, "SAMPLES", tmp_path)
    monkeypatch.setattr(recordings, "CC0_KIT", tmp_path / CC0_KIT.name)
    with pytest.raises(MissingError, match="apt-get install hydrogen-drumkits"):
        training_recordings(set())


def test_missing_program_is_an_error_with_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit, match="fluidsynth is not installed; on Debian: apt-get install fluidsynth"):
        vocoder_corpus.main([str(tmp_path / "out")])
    assert not (tmp_path / "out").exists()
    with pytest.raises(MissingError, match="apt-get install espeak-ng"):
        speak("Hello.", "en", 150, 50)


def test_error_quotes_the_output_of_a_failed_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "fluidsynth"
    program.write_text("#!/bin/sh\necho 'no such font' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    with pytest.raises(ProgramError, match="fluidsynth failed: no such font"):
        play(SCORE, tmp_path / "font.sf2", 1.0, reverb=False)


def test_folder_with_a_corpus_is_refused(tmp_path: Path, library: Library) -> None:
    sf.write(tmp_path / "00000-noise.flac", np.zeros(10), RATE_HZ)
    with pytest.raises(vocoder_corpus.OccupiedError, match="name an empty folder"):
        vocoder_corpus.write_corpus(SegmentMaker(1, library, COMPUTED), tmp_path, 1.0)


@pytest.mark.parametrize("minutes", ["0", "-1", "nan", "soon"])
def test_invalid_length_is_refused(minutes: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        vocoder_corpus.main([str(tmp_path), "--minutes", minutes])
    assert minutes in capsys.readouterr().err
