"""Compares vocoders by copy synthesis: recordings that no vocoder was trained on, through the mel and back.

`make bench-vocoder`, or `python -m tools.bench_vocoder [--vocoder FILE …] [--only NAME …] [--quick] [FOLDER]`

FOLDER holds the recordings; the default build/heldout is created if needed. The tables go to
standard output and into docs/vocoders.md, the figures to build/bench/bench-vocoder.json, pictures into docs/.
"""

import argparse
import math
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import torch
from torch import Tensor

from distill_app.cli.bench import Figures, machine_load, write_figures
from distill_app.cli.report import table
from distill_app.common.errors import DistillError
from distill_app.dsp.audio_file import read_sound
from distill_app.dsp.mono_file import mix_to_mono
from distill_app.dsp.resample import resample
from tools import vocoder_report
from tools.vocoder_candidates import BASELINE, Candidate, candidates
from tools.vocoder_document import update_document
from tools.vocoder_machine import quiet, speed
from tools.vocoder_measures import RATE_HZ, measure
from tools.vocoder_pictures import draw_pictures
from tools.vocoder_scores import SCORES, score
from tools.vocoder_targets import Result

ROOT = Path(__file__).resolve().parent.parent
HELD_OUT = ROOT / "build" / "heldout"
DOCUMENT = ROOT / "docs" / "vocoders.md"
FIGURES = ROOT / "build" / "bench" / "bench-vocoder.json"
_SPEECH = "voice"


def main() -> None:
    options = _options()
    torch.set_num_threads(1)
    recordings = _recordings(_folder(options.folder))
    results, copies = [], {}
    for candidate in _select_candidates(options.vocoder, options.only):
        copies[candidate.title] = {name: candidate.copy(samples) for name, samples in recordings.items()}
        results.append(_result(candidate, recordings, copies[candidate.title], options.quick))
        print(f"\n{results[-1].title}\n{table(vocoder_report.items(results[-1]))}", flush=True)
    _print_tables(results)
    _write_figures(results)
    if not options.no_docs:
        update_document(DOCUMENT, results, _conditions())
        draw_pictures(recordings, copies, DOCUMENT.parent)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, help="recordings, as sound files (build/heldout)")
    parser.add_argument("--vocoder", action="append", type=Path, default=[], metavar="FILE", help="trained weights")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="these beside the baseline")
    parser.add_argument("--quick", action="store_true", help="without PESQ, ViSQOL and Zimtohrli")
    parser.add_argument("--no-docs", action="store_true", help="leave docs/ as it is")
    return parser.parse_args()


def _folder(named: Path | None) -> Path:
    """Folder of the recordings; the default one is created first if needed."""
    if named is None and not (HELD_OUT / "manifest.json").is_file():
        print(f"Making the recordings in {HELD_OUT}", flush=True)
        if subprocess.call([sys.executable, "-m", "tools.vocoder_heldout", str(HELD_OUT)], cwd=ROOT) != 0:
            sys.exit(
                "The recordings could not be made. They come out of Debian packages: on another system make them there "
                "with `python -m tools.vocoder_heldout FOLDER` and name the folder."
            )
    return named or HELD_OUT


def _recordings(folder: Path) -> dict[str, Tensor]:
    """Mono samples at 44.1 kHz by file name."""
    found = {path.stem: _read(path) for path in sorted(folder.glob("*.wav"))}
    if not found:
        sys.exit(f"There are no WAV files in “{folder}”.")
    return found


def _read(path: Path) -> Tensor:
    sound, _ = mix_to_mono(read_sound(path))
    return resample(torch.from_numpy(sound.samples[0]), sound.sample_rate, RATE_HZ)


def _select_candidates(files: list[Path], only: list[str]) -> list[Candidate]:
    every = list(candidates(files))
    return [each for each in every if each is BASELINE or not only or each.id in only]


def _result(candidate: Candidate, recordings: dict[str, Tensor], copies: dict[str, Tensor], is_quick: bool) -> Result:
    items = {name: _figures_of(name, samples, copies[name], is_quick) for name, samples in recordings.items()}
    cost = speed(candidate, next(iter(recordings.values())))
    return Result(candidate.id, candidate.title, candidate.parameters, items, cost, quiet(candidate))


def _figures_of(name: str, samples: Tensor, copy: Tensor, is_quick: bool) -> dict[str, float]:
    scores = (
        dict.fromkeys((each.id for each in SCORES), math.nan) if is_quick else score(samples, copy, _SPEECH in name)
    )
    return {**measure(samples, copy), **scores}


def _print_tables(results: list[Result]) -> None:
    print(f"\n{table(vocoder_report.means(results))}")
    for result in results[1:]:
        print(f"\n{table(vocoder_report.targets(result, results[0]))}")
    print(f"\nOne thread of {_conditions()}")


def _conditions() -> str:
    """Machine, date and command of the figures."""
    command = " ".join(["python -m tools.bench_vocoder", *sys.argv[1:]])
    return (
        f"{_processor()}, {os.cpu_count()} cores (load {machine_load():.1f} at the end), torch {torch.__version__}, "
        f"{datetime.now(UTC):%Y-%m-%d}, `{command}`."
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def _write_figures(results: list[Result]) -> None:
    figures: Figures = {"machine.cores": float(os.cpu_count() or 0), "machine.load": machine_load()}
    write_figures(FIGURES, {**figures, **vocoder_report.flat(results)})
    print(f"Wrote {FIGURES.relative_to(ROOT)}.")


if __name__ == "__main__":
    try:
        main()
    except DistillError as error:
        sys.exit(str(error))
