"""Judges sliders: `make bench-sliders`, or `python -m tools.bench_sliders [options]`.

Each control of each system is rendered at 11 points at places of each set, and measured by descriptors that share
nothing with those that it was built on. Rows marked (bad) must score badly, "ideal" must score well, and
says what a clean change moves of necessity, so that "beyond" is there where it is among the systems. The set's models
are those of `make bench-sound` (build/sound-sets). Tables go to standard output, the figures to
build/bench/bench-sliders.json.
"""

import argparse
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import torch

from distill_app.cli.bench import Figures, machine_load, write_figures
from distill_app.common.errors import DistillError
from tools.bench_sliders.controls import CONTROL
from tools.bench_sliders.places import judged_places
from tools.bench_sliders.report import flat_figures, system_text
from tools.bench_sliders.systems import SYSTEMS, System
from tools.bench_sliders.trials import Trial, run_trial
from tools.bench_sound.instrument import Instrument, load_instrument
from tools.bench_sound.set_files import write_sets
from tools.bench_sound.sets import SETS, Group, SoundSet, next_set

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "build" / "sound-sets"
FIGURES = ROOT / "build" / "bench" / "bench-sliders.json"


def main() -> None:
    options = _options()
    torch.set_num_threads(1)
    started, sets = time.process_time(), _chosen_sets(options)
    write_sets(list(dict.fromkeys([*sets, *map(next_set, sets)])), FOLDER)
    systems: dict[str, System] = {name: SYSTEMS[name]() for name in options.system or SYSTEMS}
    trials: dict[str, list[Trial]] = {name: [] for name in systems}
    for one in sets:
        instrument = load_instrument(one, FOLDER)
        for name, system in systems.items():
            trials[name] += _trials(system, instrument, options)
    figures: Figures = {"machine.cores": float(os.cpu_count() or 0), "machine.load": machine_load()}
    for name, system in systems.items():
        clean = trials.get("ideal", [])
        if trials[name]:
            print(f"\n{system_text(system.title, trials[name], clean)}")
        figures |= flat_figures(name, trials[name], clean)
    write_figures(options.out, figures | {"machine.processor_s": time.process_time() - started})
    print(f"\n{len(figures)} figures in {options.out}.")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bench_sliders", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = [each.name for each in SETS]
    parser.add_argument("--set", action="append", choices=names, metavar="NAME", help=f"one of {', '.join(names)}")
    parser.add_argument("--system", action="append", choices=SYSTEMS, metavar="NAME", help=", ".join(SYSTEMS))
    parser.add_argument("--control", action="append", choices=CONTROL, metavar="NAME", help=", ".join(CONTROL))
    parser.add_argument(
        "--group", choices=get_args(Group), help="sets that may be tuned on, those that may not, or the starter's"
    )
    parser.add_argument("--quick", action="store_true", help="2 places instead of 4")
    parser.add_argument("--out", type=Path, default=FIGURES, metavar="FILE.json", help="where the figures go")
    return parser.parse_args()


def _chosen_sets(options: argparse.Namespace) -> list[SoundSet]:
    chosen = [each for each in SETS if not options.set or each.name in options.set]
    found = [each for each in chosen if options.group in (None, each.group)]
    return found or sys.exit("There is no set of that name in that group.")


def _trials(system: System, instrument: Instrument, options: argparse.Namespace) -> Iterator[Trial]:
    places = judged_places(instrument, 1, 1) if options.quick else judged_places(instrument)
    controls = [each for each in system.controls(instrument) if not options.control or each in options.control]
    print(f"{instrument.sound_set.name}: {system.title}, {len(controls)} sliders", file=sys.stderr, flush=True)
    for place in places:
        for control in controls:
            yield run_trial(system, instrument, place, control)


if __name__ == "__main__":
    try:
        main()
    except DistillError as error:
        sys.exit(str(error))
