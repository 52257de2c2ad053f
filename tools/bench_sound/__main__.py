"""Judges generated sound: `make bench-sound`, or `python -m tools.bench_sound [options]`.

Each set's model is trained once (build/sound-sets) and rendered by every system at the places of four questions. The
recordings are the best that a row can be; the rows marked (bad) must score badly. Tables go to standard output, the
figures to build/bench/bench-sound.json. KAD rewards copying: read it with the errors and the novelty.
"""

import argparse
import math
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import torch

from distill_app.cli.bench import Figures, machine_load, write_figures
from distill_app.common.errors import DistillError
from tools.bench_sound.embeddings import Embedder, load_embedders
from tools.bench_sound.instrument import load_instrument
from tools.bench_sound.judge import Judge
from tools.bench_sound.places import LEFT_OUT, QUESTIONS, places
from tools.bench_sound.report import Result, flat_figures, question_text
from tools.bench_sound.set_files import write_sets
from tools.bench_sound.sets import SETS, Group, SoundSet, next_set
from tools.bench_sound.systems import SYSTEMS, System

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "build" / "sound-sets"
FIGURES = ROOT / "build" / "bench" / "bench-sound.json"


def main() -> None:
    options = _options()
    torch.set_num_threads(1)
    started, sets = time.process_time(), _chosen_sets(options)
    write_sets(list(dict.fromkeys([*sets, *map(next_set, sets)])), FOLDER)
    embedders = () if options.quick else load_embedders(FOLDER / "wheels")
    systems = {name: SYSTEMS[name]() for name in options.system or SYSTEMS}
    results = [each for one in sets for each in _judge_set(one, systems, embedders, options.quick)]
    for text in filter(None, (question_text(results, question) for question in QUESTIONS)):
        print(f"\n{text}")
    _write(options.out, results, time.process_time() - started)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bench_sound", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = [each.name for each in SETS]
    parser.add_argument("--set", action="append", choices=names, metavar="NAME", help=f"one of {', '.join(names)}")
    parser.add_argument("--system", action="append", choices=SYSTEMS, metavar="NAME", help=", ".join(SYSTEMS))
    parser.add_argument(
        "--group", choices=get_args(Group), help="sets that may be tuned on, those that may not, or the starter's"
    )
    parser.add_argument("--quick", action="store_true", help="8 places instead of 24, and no KAD")
    parser.add_argument("--out", type=Path, default=FIGURES, metavar="FILE.json", help="where the figures go")
    return parser.parse_args()


def _chosen_sets(options: argparse.Namespace) -> list[SoundSet]:
    chosen = [each for each in SETS if not options.set or each.name in options.set]
    found = [each for each in chosen if options.group in (None, each.group)]
    return found or sys.exit("There is no set of that name in that group.")


def _judge_set(
    sound_set: SoundSet, systems: dict[str, System], embedders: tuple[Embedder, ...], is_quick: bool
) -> Iterator[Result]:
    instrument = load_instrument(sound_set, FOLDER)
    judge = Judge(instrument, embedders)
    for question in QUESTIONS:
        asked = places(instrument, question, is_quick)
        for name, system in systems.items():
            if asked and (system.uses_recordings or question not in LEFT_OUT):
                print(f"{sound_set.name}: {question}, {system.title}", file=sys.stderr, flush=True)
                yield Result(sound_set.name, sound_set.group, question, name, judge.measure(system, asked))


def _write(path: Path, results: list[Result], processor_seconds: float) -> None:
    machine: Figures = {"machine.cores": float(os.cpu_count() or 0), "machine.load": machine_load()}
    write_figures(path, {**machine, "machine.processor_s": processor_seconds, **flat_figures(results)})
    count = sum(not math.isnan(value) for each in results for value in each.values.values())
    print(f"\n{count} figures in {path}, {processor_seconds:.0f} s of processor time.")


if __name__ == "__main__":
    try:
        main()
    except DistillError as error:
        sys.exit(str(error))
