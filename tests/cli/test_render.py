"""`distill render` and `distill vocode`: content of the file, and failures that lose nothing."""

import errno
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from distill_app.cli.progress import TerminalProgressBar
from distill_app.dsp.limiter import CEILING
from distill_app.generation.file_formats import format_titles
from distill_app.models.model import DistillModel
from distill_app.models.model_file import save_model
from tests.cli.conftest import Distill
from tests.disks import file_size_limit, is_temporary, refuse


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "sounds"
    path.mkdir()
    return path


def _render(distill: Distill, out: Path, model: Path, *more: object) -> np.ndarray:
    outcome = distill("render", out, "--model", model, "--seconds", "0.3", *more)
    assert outcome.status == 0, outcome.err
    return soundfile.read(out, dtype="float32")[0]


@pytest.mark.parametrize(
    ("rate", "bits", "subtype"), [(44_100, "24", "PCM_24"), (48_000, "16", "PCM_16"), (96_000, "32f", "FLOAT")]
)
def test_the_file_is_as_asked_for(
    distill: Distill, folder: Path, tiny_model_file: Path, rate: int, bits: str, subtype: str
) -> None:
    out = folder / "a.wav"
    outcome = distill(
        *("render", out, "--model", tiny_model_file, "--seconds", "0.5", "--rate", rate, "--bits", bits, "--json")
    )
    written = soundfile.info(out)
    assert (written.samplerate, written.frames, written.subtype) == (rate, rate // 2, subtype)
    assert outcome.values["frames"] == written.frames
    assert outcome.values["file"] == str(out)
    with soundfile.SoundFile(out) as file:
        assert file.title == "Tiny"
    assert outcome.values["sliders"] == {"Brightness": 0.0, "Axis 2": 0.0}
    assert outcome.err == ""


@pytest.mark.parametrize(("options", "channels"), [(("--loop",), 2), (("--mono",), 1)])
def test_stereo_recordings_make_a_stereo_file_unless_mono_is_asked_for(
    distill: Distill, folder: Path, stereo_model: DistillModel, options: tuple[str, ...], channels: int
) -> None:
    save_model(stereo_model, folder / "stereo.distillgan")
    out = folder / "out.wav"
    outcome = distill("render", out, "--model", folder / "stereo.distillgan", "--seconds", "0.3", "--json", *options)
    assert outcome.values["channels"] == channels == soundfile.info(out).channels
    assert outcome.values["frames"] == soundfile.info(out).frames == 13_230


def test_a_render_is_reproducible_and_depends_on_slider_and_mode(
    distill: Distill, folder: Path, tiny_model_file: Path
) -> None:
    rest = _render(distill, folder / "1.wav", tiny_model_file)
    assert np.array_equal(rest, _render(distill, folder / "2.wav", tiny_model_file))
    assert not np.array_equal(rest, _render(distill, folder / "3.wav", tiny_model_file, "--slider", "brightness=1"))
    drifting = _render(distill, folder / "4.wav", tiny_model_file, "--mode", "crossfade", "--drift", "1")
    assert not np.array_equal(rest, drifting)
    other_seed = ("--mode", "crossfade", "--drift", "1", "--seed", "5")
    assert not np.array_equal(drifting, _render(distill, folder / "5.wav", tiny_model_file, *other_seed))


def test_a_value_out_of_range_is_noted_beside_pure_json(distill: Distill, folder: Path, tiny_model_file: Path) -> None:
    outcome = distill(
        *("render", folder / "a.wav", "--model", tiny_model_file, "--seconds", "0,2", "--slider", "1=1,25", "--json")
    )
    assert outcome.values["sliders"]["Brightness"] == 1.25
    assert outcome.sentence.startswith("Note:")


def test_clipped_samples_are_reported(distill: Distill, folder: Path, tiny_model: DistillModel, tmp_path: Path) -> None:
    loud = tmp_path / "loud.distillgan"
    save_model(replace(tiny_model, mean=tiny_model.mean + 8), loud)
    command = ("--model", loud, "--seconds", "0.2", "--no-limiter", "--json")
    cut = distill("render", folder / "a.wav", *command)
    assert cut.values["clipped"] > 100
    assert f"{cut.values['clipped']} samples" in cut.sentence
    assert "--bits 32f" in cut.sentence
    whole = distill("render", folder / "b.wav", *command, "--bits", "32f")
    assert (whole.values["clipped"], whole.err) == (0, "")
    assert (whole.values["limiter"], whole.values["limited"]) == (False, False)
    assert np.abs(soundfile.read(folder / "b.wav")[0]).max() > 1


def test_the_safety_limiter_is_that_of_the_window_unless_disabled(
    distill: Distill, folder: Path, tiny_model: DistillModel, tmp_path: Path
) -> None:
    loud = tmp_path / "loud.distillgan"
    save_model(replace(tiny_model, mean=tiny_model.mean + 8), loud)
    command = ("--seconds", "0.2", "--bits", "32f", "--json")
    limited = distill("render", folder / "a.wav", "--model", loud, *command)
    assert (limited.values["limiter"], limited.values["limited"], limited.values["clipped"]) == (True, True, 0)
    assert np.abs(soundfile.read(folder / "a.wav", dtype="float32")[0]).max() <= CEILING


@pytest.mark.parametrize(
    "more",
    [
        ["--slider", "Theremin=1"],
        ["--slider", "Warmth=1.1"],
        ["--tone", "Theremin=1"],
        ["--tone", "Attack=1"],
        ["--tone", "pitch=13st"],
        ["--modulation-rate", "0.4"],
        ["--slider", "1=2"],
        ["--seconds", "0"],
        ["--seconds", "601"],
        ["--seconds", "nan"],
        ["--drift", "1.1"],
        ["--seed", "-1"],
        ["--vocoder", "theremin"],
        ["--rate", "1"],
    ],
)
def test_impossible_options_are_usage_errors(
    distill: Distill, folder: Path, tiny_model_file: Path, more: list[str]
) -> None:
    outcome = distill("render", folder / "a.wav", "--model", tiny_model_file, *more)
    assert outcome.status == 2
    assert outcome.sentence
    assert list(folder.iterdir()) == []


def test_the_tone_is_heard_and_reported(distill: Distill, folder: Path, tiny_model_file: Path) -> None:
    plain = _render(distill, folder / "1.wav", tiny_model_file)
    toned = _render(distill, folder / "2.wav", tiny_model_file, "--tone", "Loudness=-6dB")
    assert np.sqrt(np.mean(toned**2) / np.mean(plain**2)) == pytest.approx(10 ** (-6 / 20), rel=0.1)
    named = distill(
        *("render", folder / "3.wav", "--model", tiny_model_file, "--seconds", "0.3", "--json"),
        *("--slider", "loudness=-6dB", "--modulation-rate", "2"),
    )
    assert named.values["tone"]["loudness"] == pytest.approx(-1 / 3)
    assert named.values["tone"]["modulation_rate"] == 2
    assert named.values["sliders"] == {"Brightness": 0.0, "Axis 2": 0.0}
    assert np.array_equal(soundfile.read(folder / "3.wav", dtype="float32")[0], toned)


def test_another_suffix_than_wav_is_a_usage_error(distill: Distill, folder: Path, tiny_model_file: Path) -> None:
    outcome = distill("render", folder / "a.mp3", "--model", tiny_model_file)
    assert (outcome.status, list(folder.iterdir())) == (2, [])
    assert f"Only {format_titles()} files are written; call “a.mp3” “a.wav”." in outcome.sentence


def test_an_existing_file_is_kept_without_force(distill: Distill, folder: Path, tiny_model_file: Path) -> None:
    out = folder / "a.wav"
    out.write_text("precious")
    refused = distill("render", out, "--model", tiny_model_file)
    assert refused.status == 1
    assert "--overwrite" in refused.sentence
    assert out.read_text() == "precious"
    _render(distill, out, tiny_model_file, "--overwrite")


def test_unwritable_places_are_one_sentence_each(distill: Distill, folder: Path, tiny_model_file: Path) -> None:
    missing, too_long = folder / "missing" / "a.wav", folder / f"{'long' * 100}.wav"
    for out in (folder, missing, too_long, tiny_model_file / "a.wav", Path("/proc/a.wav")):
        outcome = distill("render", out, "--model", tiny_model_file, "--seconds", "0.2")
        assert outcome.status == 1
        assert "wrong inside Distill" not in outcome.sentence


@pytest.mark.parametrize("damage", ["foreign", "cut", "missing"])
def test_an_unreadable_model_is_one_sentence(
    distill: Distill, folder: Path, tiny_model_file: Path, damage: str
) -> None:
    content = tiny_model_file.read_bytes()
    if damage == "missing":
        tiny_model_file.unlink()
    else:
        tiny_model_file.write_bytes(b"PK\x03\x04" * 99 if damage == "foreign" else content[: len(content) // 2])
    outcome = distill("render", folder / "a.wav", "--model", tiny_model_file)
    assert outcome.status == 1
    assert "tiny.distillgan" in outcome.sentence
    assert list(folder.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="resource limits are POSIX; Windows has none to stand for the disk")
def test_a_full_disk_keeps_the_old_file(distill: Distill, folder: Path, tiny_model_file: Path) -> None:
    out = folder / "a.wav"
    out.write_bytes(b"precious")
    with file_size_limit(60_000):
        done = distill("render", out, "--model", tiny_model_file, "--seconds", "1", "--overwrite", "--json")
    assert done.status == 1
    assert "no room on the disk" in done.sentence
    assert out.read_bytes() == b"precious"
    assert [path.name for path in folder.iterdir()] == ["a.wav"]


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_render_that_a_signal_ends_leaves_no_file(
    distill: Distill, folder: Path, tiny_model_file: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    if not hasattr(signal, name):
        pytest.skip("this system has no such signal")
    there: list[Path] = []

    def end(self: TerminalProgressBar, words: str, fraction: float, seconds_left: float | None = None) -> None:
        there.extend(folder.iterdir())
        signal.raise_signal(signal.Signals[name])

    monkeypatch.setattr(TerminalProgressBar, "show", end)
    try:
        status: object = distill("render", folder / "a.wav", "--model", tiny_model_file, "--seconds", "1").status
    except SystemExit as ended:
        status = ended.code
    assert status == 128 + signal.Signals[name]
    assert len(there) == 1
    assert list(folder.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a program without asking it")
def test_a_terminated_program_leaves_no_file(folder: Path, tiny_model_file: Path) -> None:
    command = ["render", str(folder / "a.wav"), "--model", str(tiny_model_file), "--seconds", "600"]
    environment = {**os.environ, "XDG_STATE_HOME": str(folder.parent)}
    with subprocess.Popen([sys.executable, "-m", "distill_app.cli", *command], env=environment) as running:
        while not list(folder.iterdir()):
            assert running.poll() is None
            time.sleep(0.05)
        running.terminate()
    assert running.returncode == 128 + signal.SIGTERM
    assert list(folder.iterdir()) == []


def test_vocode_keeps_length_pitch_and_level(distill: Distill, folder: Path) -> None:
    """A stereo file at another rate: its channels are mixed, and the tone stays the tone."""
    seconds = np.arange(24_000) / 48_000
    tone = 0.3 * np.sin(2 * np.pi * 440 * seconds)
    soundfile.write(folder / "in.wav", np.stack([tone, tone], axis=1), 48_000)
    outcome = distill("vocode", folder / "in.wav", folder / "out.wav", "--json")
    assert outcome.status == 0
    assert outcome.values["seconds"] == pytest.approx(0.5)
    assert (outcome.values["frames"], outcome.values["clipped"]) == (22_050, 0)
    samples, rate = soundfile.read(folder / "out.wav")
    assert (rate, samples.shape) == (44_100, (22_050,))
    middle = samples[4_410:17_640]
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle)), 1 << 18))
    assert np.argmax(spectrum) * rate / (1 << 18) == pytest.approx(440, rel=2 ** (5 / 1200) - 1)
    assert 20 * np.log10(np.sqrt(np.mean(middle**2)) / (0.3 / np.sqrt(2))) == pytest.approx(0, abs=0.5)


def test_vocode_of_cancelling_channels_keeps_the_sound_and_reports_those_used(distill: Distill, folder: Path) -> None:
    tone = 0.3 * np.sin(2 * np.pi * 440 * np.arange(22_050) / 44_100)
    soundfile.write(folder / "in.wav", np.stack([tone + 0.1, -tone], 1), 44_100)
    outcome = distill("vocode", folder / "in.wav", folder / "out.wav")
    assert "“in.wav”: channels cancel each other: used left minus right." in outcome.err
    made = soundfile.read(folder / "out.wav")[0]
    assert 20 * np.log10(np.std(made[4_410:-4_410]) / np.std(tone)) == pytest.approx(0, abs=1)
    assert abs(made.mean()) < 0.01


@pytest.mark.parametrize("content", [None, b"", b"not a sound at all"])
def test_vocode_of_a_file_without_sound_is_one_sentence(distill: Distill, folder: Path, content: bytes | None) -> None:
    if content is not None:
        (folder / "in.wav").write_bytes(content)
    outcome = distill("vocode", folder / "in.wav", folder / "out.wav")
    assert outcome.status == 1
    assert "in.wav" in outcome.sentence
    assert not (folder / "out.wav").exists()


def test_vocode_refuses_to_write_over_its_source(distill: Distill, folder: Path) -> None:
    soundfile.write(folder / "in.wav", np.zeros(4_410), 44_100)
    assert distill("vocode", folder / "in.wav", folder / "in.wav").status == 1


def test_a_link_is_written_through_and_replaced_only_where_it_leads_to_a_file(
    distill: Distill, folder: Path, tiny_model_file: Path
) -> None:
    link, target = folder / "link.wav", folder.parent / "target.wav"
    link.symlink_to(target)
    _render(distill, link, tiny_model_file)
    assert link.is_symlink()
    first = target.read_bytes()
    assert "exists already" in distill("render", link, "--model", tiny_model_file).sentence
    _render(distill, link, tiny_model_file, "--overwrite", "--slider", "brightness=1")
    assert link.is_symlink()
    assert target.read_bytes() != first
    assert [path.name for path in folder.iterdir()] == ["link.wav"]


def test_an_existing_file_in_a_read_only_folder_is_written(
    distill: Distill, folder: Path, tiny_model_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "a.wav").touch()
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != folder and access(path, mode))
    refuse(monkeypatch, "open", errno.EACCES, is_temporary)
    assert "cannot be written to" in distill("render", folder / "b.wav", "--model", tiny_model_file).sentence
    outcome = distill("render", folder / "a.wav", "--model", tiny_model_file, "--seconds", "0.3", "--overwrite")
    assert outcome.status == 0
    assert outcome.sentence.startswith("“a.wav” was written in place")
    assert soundfile.info(folder / "a.wav").frames == 13_230


@pytest.mark.parametrize("name", ["é" * 124, "e\N{COMBINING ACUTE ACCENT}" * 62])
def test_a_long_name_with_accents_is_written(distill: Distill, folder: Path, tiny_model_file: Path, name: str) -> None:
    assert len(_render(distill, folder / f"{name}.wav", tiny_model_file)) == 13_230
