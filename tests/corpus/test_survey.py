"""The table of a corpus, before training."""

import subprocess
import sys
from collections.abc import Generator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from distill_app.corpus.sound_stats import SoundStats, measure
from distill_app.corpus.survey import GroupTotal, Survey, SurveyProgress, survey
from distill_app.corpus.survey_hints import Hint, hints
from distill_app.dsp.provenance import COMMENT
from distill_app.project.corpora import CorpusSpec
from tests.dsp.odd_files import chunk, riff, wav_format

RATE = 44_100


def sine(seconds: float, level: float = 0.3, hz: float = 440.0) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return level * np.sin(np.arange(round(seconds * RATE)) * 2 * np.pi * hz / RATE)


def hit(seconds: float, hz: float = 200.0) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    wave = sine(seconds, 0.5, hz)
    return wave * np.exp(-np.arange(len(wave)) / RATE * 20)


def whole(wave: np.ndarray[tuple[int], np.dtype[np.float64]]) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    """16-bit samples, the same in every kind of file."""
    return np.rint(wave * 32_767).astype(np.int16)


def stats_of(path: Path) -> SoundStats:
    measuring = measure(path)
    while True:
        try:
            next(measuring)
        except StopIteration as end:
            return end.value


def surveyed(corpora: Sequence[CorpusSpec] | Path, cache: Path, seen: list[SurveyProgress] | None = None) -> Survey:
    run = survey([CorpusSpec.of(corpora)] if isinstance(corpora, Path) else corpora, cache)
    while True:
        try:
            now = next(run)
        except StopIteration as end:
            return end.value
        if seen is not None:
            seen.append(now)


def counted(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that are read from now on."""
    read: list[Path] = []

    def measuring(path: Path) -> Generator[None, None, SoundStats]:
        read.append(path)
        return measure(path)

    monkeypatch.setattr("distill_app.corpus.survey.measure", measuring)
    return read


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sounds").mkdir()
    return tmp_path / "sounds"


def test_a_file_is_measured(folder: Path) -> None:
    wave = np.concatenate([np.zeros(RATE), sine(2, 0.5), np.zeros(RATE)])
    soundfile.write(folder / "a.wav", np.stack([wave, 0 * wave], 1), RATE, subtype="FLOAT")
    stats = stats_of(folder / "a.wav")
    assert (stats.seconds, stats.sample_rate, stats.channels, stats.clipped, stats.onsets) == (4, RATE, 2, 0, 1)
    assert stats.peak_dbfs == pytest.approx(-6.02, abs=0.1)  # the high-pass tilts the first period
    assert stats.level_dbfs == pytest.approx(
        -6.02 - 3.01 - 3.01, abs=0.01
    )  # the channel that holds it, half of the time
    assert (stats.first_seconds, stats.last_seconds) == pytest.approx((1, 3), abs=0.05)
    assert stats.sounding == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize("rate", [8_000, 22_050, 48_000, 96_000, 192_000])
def test_hits_are_counted_at_every_rate(rate: int, folder: Path) -> None:
    random, wave = np.random.default_rng(0), np.zeros(6 * rate)
    for start in (0.0, 0.4, 1.5, 3.0, 4.2):
        rest = wave[round(start * rate) :]
        rest += 0.2 * random.standard_normal(len(rest)) * np.exp(-np.arange(len(rest)) / rate * 20)
    soundfile.write(folder / "a.wav", wave, rate)
    assert stats_of(folder / "a.wav").onsets == 5


def test_facts_do_not_depend_on_the_kind_of_file(folder: Path) -> None:
    for name in ("a.wav", "a.flac"):
        soundfile.write(folder / name, whole(sine(25)), RATE)
    soundfile.write(folder / "b.wav", whole(sine(25, hz=441)), RATE)
    wav, flac, other = (stats_of(folder / name) for name in ("a.wav", "a.flac", "b.wav"))
    assert wav == flac
    assert other.digest != wav.digest
    assert replace(other, digest="", level_dbfs=0, peak_dbfs=0) == replace(wav, digest="", level_dbfs=0, peak_dbfs=0)


def test_long_recordings_are_read_in_parts(folder: Path) -> None:
    noise = (3_000 * np.random.default_rng(0).standard_normal((60 * RATE, 2))).astype(np.int16)
    soundfile.write(folder / "a.wav", np.tile(noise, (2, 1)), RATE)
    seen = list[SurveyProgress]()
    surveyed(folder, folder.parent, seen)
    assert len(seen) == 13


def test_every_file_has_a_row_with_its_reason(folder: Path) -> None:
    (folder / "kicks").mkdir()
    soundfile.write(folder / "kicks" / "good.wav", sine(2), RATE)
    soundfile.write(folder / "off.wav", sine(4), RATE)
    soundfile.write(folder / "silent.wav", 0 * sine(1), RATE)
    soundfile.write(folder / "short.wav", sine(0.009), RATE)
    (folder / "empty.wav").touch()
    (folder / "notes.txt").write_text("hello")
    with soundfile.SoundFile(folder / "made.wav", "w", RATE, 1) as file:
        file.comment = COMMENT
        file.write(sine(1))
    gone = folder / "gone"
    corpus = CorpusSpec("all", (folder, gone), excluded=frozenset({folder / "off.wav"}))
    found = surveyed([corpus], folder.parent)
    rows = {row.path.name: row for row in found.files}
    reasons = {name: row.reason for name, row in rows.items() if row.reason}
    assert reasons == {
        "silent.wav": "“silent.wav” is silent.",
        "short.wav": "“short.wav” is too short: 9 of at least 10 milliseconds.",
        "empty.wav": "“empty.wav” is empty: it holds no sound.",
        "notes.txt": "“notes.txt” is not a sound file.",
        "made.wav": "“made.wav” was made by Distill; add it as a take to train on it.",
    }
    assert [name for name, row in rows.items() if row.included] == ["good.wav"]
    assert rows["off.wav"].excluded
    assert rows["off.wav"].stats is not None
    assert rows["good.wav"].group == "kicks"
    assert [(each.name, "put it back" in each.reason) for each in found.skipped] == [(str(gone), True)]
    assert found.totals() == [
        GroupTotal("all", "", 1, 2.0, 2),
        GroupTotal("all", "", 0, 0.0, 0),
        GroupTotal("all", "kicks", 1, 2.0, 2),
    ]


def test_windows_are_those_of_the_mode(folder: Path) -> None:
    soundfile.write(folder / "a.wav", np.concatenate([hit(1.0)] * 6), RATE)
    textures, one_shots = (
        surveyed([CorpusSpec.of(folder, mode=mode)], folder.parent).files[0] for mode in ("textures", "one-shots")
    )
    assert (textures.windows, one_shots.windows) == (4, 6)


def test_measured_files_are_not_read_again_until_they_change(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    soundfile.write(folder / "a.wav", sine(1), RATE)
    soundfile.write(folder / "b.wav", sine(1), RATE)
    first = surveyed(folder, folder.parent)
    read = counted(monkeypatch)
    assert surveyed(folder, folder.parent) == first
    assert read == []
    soundfile.write(folder / "b.wav", sine(2), RATE)
    changed = surveyed(folder, folder.parent)
    assert read == [folder / "b.wav"]
    assert changed.files[1].stats is not None
    assert changed.files[1].stats.seconds == 2


def test_a_stopped_survey_keeps_its_measurements(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.wav", "b.wav"):
        soundfile.write(folder / name, sine(1), RATE)
    run = survey([CorpusSpec.of(folder)], folder.parent)
    while next(run).file is None:
        pass
    run.close()
    read = counted(monkeypatch)
    surveyed(folder, folder.parent)
    assert read == [folder / "b.wav"]


@pytest.mark.parametrize("content", [b"", b"[1]", b'{"x": 3}', b"\xff"])
def test_a_damaged_store_is_an_empty_one(content: bytes, folder: Path) -> None:
    soundfile.write(folder / "a.wav", sine(1), RATE)
    (folder.parent / "facts-2.json").write_bytes(content)
    assert surveyed(folder, folder.parent).files[0].included
    assert surveyed(folder, folder / "a.wav" / "no folder").files[0].included


def of_topic(found: Survey) -> dict[str, Hint]:
    return {hint.topic: hint for hint in hints(found)}


def test_a_mode_that_does_not_fit_gives_a_hint(folder: Path) -> None:
    for number in range(24):
        wave = np.concatenate([hit(0.3 + 0.02 * number, 200 + 10 * number), np.zeros(RATE)])
        soundfile.write(folder / f"{number:02}.wav", wave, RATE)
    hint = of_topic(surveyed(folder, folder.parent))["one-shots"]
    assert hint.sentence == "All 24 files are silent after 0.3 s: one-shots?"
    assert len(hint.files) == 24
    assert "one-shots" not in of_topic(surveyed([CorpusSpec.of(folder, mode="one-shots")], folder.parent))
    for path in folder.iterdir():
        soundfile.write(path, sine(6), RATE)
    found = of_topic(surveyed([CorpusSpec.of(folder, mode="one-shots")], folder.parent))
    assert found["textures"].sentence == "All 24 files are long sounds without hits: textures?"


def test_clipped_quiet_empty_double_and_few_recordings_give_hints(folder: Path) -> None:
    soundfile.write(folder / "clipped.wav", np.clip(sine(2, 1.5), -1, 1), RATE)
    soundfile.write(folder / "quiet.wav", sine(2, 0.005, 300), RATE)
    soundfile.write(folder / "one.wav", whole(sine(2, hz=500)), RATE)
    soundfile.write(folder / "two.flac", whole(sine(2, hz=500)), RATE)
    soundfile.write(folder / "empty.wav", np.concatenate([sine(1, hz=600), np.zeros(19 * RATE)]), RATE)
    soundfile.write(folder / "wide.wav", np.stack([sine(2, hz=700)] * 2, 1), RATE)
    found = of_topic(surveyed(folder, folder.parent))
    assert {topic: [path.name for path in hint.files] for topic, hint in found.items() if topic != "little"} == {
        "same": ["one.wav", "two.flac"],
        "clipped": ["clipped.wav"],
        "silence": ["empty.wav"],
        "quiet": ["quiet.wav"],
        "stereo": ["wide.wav"],
    }
    assert found["little"].sentence.startswith("Very little material: 11 segments.")
    assert found["same"].sentence == "“one.wav” and “two.flac” are the same sound, so it counts 2 times."


@pytest.mark.parametrize("peak", [1.0, 1.5, 4.0])
def test_only_flat_tops_at_full_scale_are_called_clipped(peak: float, folder: Path) -> None:
    """Floating-point samples over full scale are whole; a flat top is none, at whatever level."""
    wave = sine(2, peak, 50)
    soundfile.write(folder / "whole.wav", wave, RATE, subtype="FLOAT")
    soundfile.write(folder / "whole.flac", sine(2, 1 - 2**-15, 50), RATE)
    soundfile.write(folder / "cut off.wav", np.clip(1.1 * wave, -peak, peak), RATE, subtype="FLOAT")
    soundfile.write(folder / "cut off.flac", np.clip(1.1 * wave, -1, 1), RATE)
    found = of_topic(surveyed(folder, folder.parent))
    assert {path.name for path in found["clipped"].files} == {"cut off.wav", "cut off.flac"}


def test_hints_name_the_number_of_channels(folder: Path) -> None:
    random = np.random.default_rng(0)
    for name, channels in (("mono", 1), ("stereo", 2), ("all of them", 24)):
        same = sine(2)[:, None] + 0.01 * random.standard_normal((2 * RATE, channels))
        soundfile.write(folder / f"{name}.wav", same, RATE)
    sentences = [hint.sentence for hint in hints(surveyed(folder, folder.parent)) if hint.topic == "stereo"]
    assert sentences == [
        "“stereo.wav” is in stereo; the mix of all channels is used.",
        "“all of them.wav” has 24 channels; the mix of all channels is used.",
    ]


def test_missing_parts_give_a_hint_and_the_rest_is_used(folder: Path) -> None:
    for name in ("a.wav", "b.aiff"):
        soundfile.write(folder / name, sine(2), RATE)
        content = (folder / name).read_bytes()
        (folder / name).write_bytes(content[: len(content) // 2])
        found = surveyed(folder, folder.parent)
        assert all(row.included for row in found.files)
        sentences = of_topic(found)["missing"].sentence
        assert sentences == {
            "a.wav": "“a.wav” is cut off: 50% of what it says it holds is there, and used.",
            "b.aiff": "“a.wav” and “b.aiff” are incomplete; only the readable part is used.",
        }[name]  # fmt: skip
    assert surveyed(folder, folder.parent) == found


def test_sound_is_recognised_by_its_content(folder: Path) -> None:
    soundfile.write(folder / "a.wav", sine(1), RATE)
    soundfile.write(folder / "a.au", sine(1), RATE)
    soundfile.write(folder / "a.mp3", sine(1), RATE)
    for number, name in enumerate(("a.bwf", "a.wave", "a.bak", "no suffix", "a.m4a")):
        (folder / name).write_bytes((folder / ("a.wav", "a.mp3")[number % 2]).read_bytes())
    for kind in ("AVR", "PAF", "SVX", "NIST", "VOC", "IRCAM", "CAF", "W64"):
        soundfile.write(folder / f"{kind}.old", whole(sine(1)), RATE, "PCM_16", format=kind)
    (folder / "phone.m4a").write_bytes(b"\0\0\0\x20ftypM4A \0\0\0\0" + bytes(100))
    (folder / "phone.wav").write_bytes(b"\x1aE\xdf\xa3" + bytes(100))
    (folder / "phone.bin").write_bytes(b"wvpk" + bytes(100))
    (folder / "text.txt").write_text("\ufeff" + 50 * "RIFF, no WAVE", encoding="utf-16")
    (folder / "yamaha.wav").write_bytes(riff(wav_format(0x20) + chunk(b"data", bytes(1000))))
    reasons = {row.path.name: row.reason for row in surveyed(folder, folder.parent).files}
    unsupported = {
        name: f"The format of “{name}” is not supported; export the sound as WAV or FLAC."
        for name in ("phone.m4a", "phone.wav", "phone.bin", "yamaha.wav")
    }
    assert {name: reason for name, reason in reasons.items() if reason} == unsupported | {
        "text.txt": "“text.txt” is not a sound file."
    }
    assert len(reasons) == 21


def test_good_recordings_need_no_hint(folder: Path) -> None:
    random = np.random.default_rng(0)
    for number in range(4):
        wave = 0.1 * np.cumsum(random.standard_normal(15 * RATE)) / 100
        soundfile.write(folder / f"{number}.wav", 0.5 * wave / np.abs(wave).max(), RATE)
    assert hints(surveyed(folder, folder.parent)) == []


def test_the_window_can_survey_before_torch_is_there() -> None:
    program = "import sys, distill_app.corpus.survey_hints; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_nothing_large_is_imported_while_the_window_may_play(tmp_path: Path) -> None:
    """numpy.ma alone holds Python's lock for longer than the ring lasts."""
    soundfile.write(tmp_path / "a.wav", np.random.default_rng(0).normal(0, 0.1, 44_100), 44_100)
    code = """
import sys
from pathlib import Path
import distill_app.workers.survey_worker
from distill_app.project.corpora import CorpusSpec
from distill_app.corpus.survey import survey
for _ in survey([CorpusSpec.of(Path(sys.argv[1]))]):
    pass
print([name for name in ("numpy.ma", "scipy", "torch") if name in sys.modules])
"""
    program = [sys.executable, "-c", code, str(tmp_path)]
    assert subprocess.run(program, capture_output=True, text=True, check=True, timeout=60).stdout == "[]\n"
