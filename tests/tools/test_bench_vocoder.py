"""Comparison of vocoders: baseline, speed, targets, tables and pictures."""

import json
import math
import re
import sys
from pathlib import Path

import pytest
import torch
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from torch import Tensor

from distill_app.common.errors import VocoderError
from distill_app.dsp import DISTILL_MEL, to_mel
from distill_app.dsp.mel import filterbank
from distill_app.vocoders.networks import build_generator
from distill_app.vocoders.networks.config import ConvNextConfig
from distill_app.vocoders.networks.weights_file import WeightsHeader, save_generator
from tests.paths import ROOT
from tools import vocoder_machine
from tools.vocoder_baseline import nonnegative_least_squares, plain_griffin_lim
from tools.vocoder_candidates import BASELINE, candidates
from tools.vocoder_document import BEGIN, END, update_document
from tools.vocoder_machine import Quiet, Speed, level_db, line_db, quiet, speed
from tools.vocoder_measures import measure
from tools.vocoder_pictures import draw_pictures, hardest_attack
from tools.vocoder_report import flat, items, markdown, means, targets
from tools.vocoder_scores import score
from tools.vocoder_targets import COLUMNS, Result, change, checks, lower_on

RATE = DISTILL_MEL.sample_rate
_LOCKS = ("requirements.lock", "requirements-bench.lock")


def _noise(seed: int, seconds: float) -> Tensor:
    return torch.randn(round(seconds * RATE), generator=torch.Generator().manual_seed(seed))


def _phrase() -> Tensor:
    """Three seconds of plucked chords with vibrato over a shaker, on a soft floor of noise."""
    time = torch.arange(RATE // 2) / RATE
    wobble = 0.3 * torch.sin(2 * math.pi * 5 * time)
    beats = []
    for number in range(6):
        decay = torch.exp(-4 * time) * (time * 400).clamp_max(1)
        partials = [
            torch.sin(2 * math.pi * hz * n * time + n * wobble + seed) / n
            for seed, hz in enumerate((147 + 20 * number, 220, 277 + 11 * number))
            for n in range(1, 25)
        ]
        shaker = 0.3 * torch.exp(-40 * time) * _noise(number, 0.5)
        beats.append(0.1 * decay * torch.stack(partials).sum(0) + shaker)
    return 0.5 * torch.cat(beats) + 3e-4 * _noise(9, 3)


def test_baseline_has_the_known_errors_of_griffin_lim() -> None:
    """Ranges measured on four recordings, a little wider."""
    phrase = _phrase()
    values = measure(phrase, BASELINE.copy(phrase))
    assert 0.05 < values["log_mel_l1"] < 0.13
    assert 0.45 < values["group_delay"] < 0.85
    assert 0.35 < values["instantaneous_frequency"] < 0.75
    assert 2.5 < values["onset_envelope"] < 5.5


def test_least_squares_magnitudes_are_not_negative_and_have_the_mel() -> None:
    mel = to_mel(_phrase())
    magnitude = nonnegative_least_squares(mel.exp())
    assert magnitude.min() >= 0
    assert ((filterbank(DISTILL_MEL) @ magnitude).clamp_min(1e-5).log() - mel).abs().mean() < 0.1


def test_baseline_keeps_the_time_of_a_click() -> None:
    """An error in the centring of frames would shift it by half a hop, 256 samples."""
    sound = torch.zeros(RATE)
    sound[20_000] = 0.9
    power = plain_griffin_lim(to_mel(sound)).square()
    assert float((power * torch.arange(len(power))).sum() / power.sum()) == pytest.approx(20_000, abs=64)


def test_baseline_is_deterministic_and_keeps_the_random_state() -> None:
    mel = to_mel(_phrase()[:20_000])
    state = torch.get_rng_state()
    assert torch.equal(plain_griffin_lim(mel), plain_griffin_lim(mel))
    assert torch.equal(state, torch.get_rng_state())


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    config = ConvNextConfig(DISTILL_MEL, channels=16, blocks=1)
    torch.manual_seed(0)
    save_generator(build_generator(config), WeightsHeader(config), tmp_path / "small.safetensors")
    return tmp_path / "small.safetensors"


def test_trained_file_is_compared_with_the_registry(weights: Path) -> None:
    found = {each.id: each for each in candidates([weights])}
    assert next(iter(found)) == BASELINE.id
    assert {"griffin-lim", "small"} <= found.keys()
    assert found["small"].parameters > 10_000
    assert found["small"].copy(_phrase()).shape == (3 * RATE // 512 * 512,)


def test_file_that_is_no_vocoder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "wrong.safetensors").write_bytes(b"precious")
    with pytest.raises(VocoderError, match=r"wrong\.safetensors"):
        list(candidates([tmp_path / "wrong.safetensors"]))


def test_levels_and_lines_of_known_sounds() -> None:
    sine = torch.sin(2 * math.pi * 100 * torch.arange(100 * 4_096, dtype=torch.float64) / 4_096)
    assert level_db(sine) == pytest.approx(-3.01, abs=0.01)
    assert line_db(sine) == pytest.approx(0, abs=0.05)
    assert level_db(1e-4 * _noise(1, 1)) == pytest.approx(-80, abs=0.2)
    assert line_db(1e-4 * _noise(1, 1)) < -100
    assert level_db(torch.zeros(9_000)) == line_db(torch.zeros(9_000)) == -200


def test_speed_and_quiet_measure_the_given_vocoder(weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A network of some thousand values is far quicker than 64 iterations."""
    for name, count in ("_WHOLE_RUNS", 3), ("_BLOCK_RUNS", 3), ("_QUIET_SECONDS", 1):
        monkeypatch.setattr(vocoder_machine, name, count)
    small = next(each for each in candidates([weights]) if each.id == "small")
    fast, slow = (speed(each, _phrase()[: RATE // 2]) for each in (small, BASELINE))
    assert 0 < fast.rtf <= 1.05 * fast.rtf_worst
    assert 0 < fast.block_ms <= 1.05 * fast.block_ms_worst
    assert fast.rtf < slow.rtf
    assert quiet(BASELINE).level_db == pytest.approx(-80, abs=1.5)


def test_score_without_its_package_is_nan_and_warns(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("pesq", "visqol", "zimtohrli"):
        monkeypatch.setitem(sys.modules, name, None)
    values = score(_phrase(), _phrase(), is_speech=True)
    assert all(map(math.isnan, values.values()))
    warnings = capsys.readouterr().err
    assert warnings.count("make bench-vocoder") == 3
    assert "pesq" in warnings


def _result(title: str, factor: float, **changed: float) -> Result:
    """Result with `factor` for every figure of nine items."""
    figures = {**dict.fromkeys(COLUMNS, factor), **changed}
    names = [f"0{number}-item" for number in range(1, 10)]
    return Result(title, title, 7, dict.fromkeys(names, figures), Speed(0.04, 0.05, 9, 10, 1), Quiet(-80, -100))


def _verdicts(result: Result) -> dict[str, bool]:
    return {each.label: each.ok for each in checks(result, _result("old", 1.0))}


def test_a_vocoder_that_reaches_everything_reaches_each_target() -> None:
    better = _result("new", 0.65, pesq_wb=4.0, visqol=0.95, zimtohrli=0.95, log_mel_l1=0.15)
    assert change(better, _result("old", 1.0), "group_delay") == pytest.approx(-0.35)
    assert lower_on(better, _result("old", 1.0), "onset_envelope") == 9
    assert all(_verdicts(better).values())


def test_target_missed_by_a_little_or_not_measured_is_not_reached() -> None:
    worse = _result("new", 0.76, pesq_wb=math.nan, visqol=0.89, zimtohrli=0.95, log_mel_l1=0.21)
    missed = [label for label, ok in _verdicts(worse).items() if not ok]
    assert [label.split()[0] for label in missed] == ["group", "inst.", "onset", "PESQ-WB", "ViSQOL", "log-mel"]


def test_means_ignore_missing_figures() -> None:
    result = _result("new", 2.0, pitch=math.nan)
    assert math.isnan(result.mean("pitch"))
    one = dict(result.items) | {"10-tone": dict.fromkeys(COLUMNS, 5.0)}
    assert Result("new", "new", 0, one, result.speed, result.quiet).mean("pitch") == 5.0


def test_figures_are_flat_numbers_valid_in_json() -> None:
    figures = flat([_result("old", 1.0), _result("new", 0.5, pitch=math.nan)])
    assert json.loads(json.dumps(figures, allow_nan=False)) == figures
    assert figures["new.change.group_delay"] == -0.5
    assert figures["new.03-item.mr_stft"] == 0.5
    assert "new.mean.pitch" not in figures


def test_tables_have_a_cell_for_every_heading() -> None:
    old, new = _result("old", 1.0), _result("new", 0.5, pitch=math.nan)
    for rows in (means([old, new]), items(new), targets(new, old)):
        assert len({len(row) for row in rows}) == 1
        assert len(set(map(len, (line.split(" | ") for line in markdown(rows).splitlines())))) == 1


def test_the_document_keeps_the_text_around_the_figures(tmp_path: Path) -> None:
    path = tmp_path / "vocoders.md"
    path.write_text(f"Before.\n{BEGIN}\nold figures\n{END}\nAfter.\n", encoding="utf-8")
    for title in ("first", "second"):
        update_document(path, [_result("old", 1.0), _result(title, 0.5)], "a machine")
    text = path.read_text(encoding="utf-8")
    assert text.startswith("Before.\n")
    assert text.endswith("After.\n")
    assert "old figures" not in text
    assert "first" not in text
    assert "second against old" in text


def test_document_of_the_project_has_both_marks(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "vocoders.md").read_text(encoding="utf-8")
    assert text.index(BEGIN) < text.index(END)
    (tmp_path / "other.md").write_text("nothing", encoding="utf-8")
    with pytest.raises(ValueError, match="marks"):
        update_document(tmp_path / "other.md", [_result("old", 1.0)], "a machine")


def test_the_hardest_attack_is_the_loudest_after_quiet() -> None:
    sound = 0.001 * _noise(1, 1)
    sound[10_000:] += 0.1 * _noise(2, 1)[10_000:]
    sound[30_000:] += 0.1 * _noise(3, 1)[30_000:]
    assert hardest_attack(sound) == pytest.approx(10_000, abs=20)


@pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")
def test_pictures_show_each_sound_beside_the_others(qapp: QApplication, tmp_path: Path) -> None:
    phrase = _phrase()
    recordings = {"01-piano": phrase, "05-drums": phrase, "02-strings": phrase}
    draw_pictures(recordings, {"copy": recordings}, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["vocoders-01-piano.png", "vocoders-05-drums-attack.png"]
    for path in tmp_path.iterdir():
        picture = QImage(str(path))
        assert picture.width() > 2 * 480
        assert len({picture.pixel(x, 200) for x in range(picture.width())}) > 50


def test_both_locks_agree() -> None:
    pins = [dict(re.findall(r"^([\w-]+)==(\S+)", (ROOT / name).read_text(), re.M)) for name in _LOCKS]
    assert {"pesq", "visqol-python", "zimtohrli"} <= pins[1].keys()
    shared = pins[0].keys() & pins[1].keys()
    assert {name: pins[0][name] for name in shared} == {name: pins[1][name] for name in shared}
