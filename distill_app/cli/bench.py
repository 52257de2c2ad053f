"""`distill bench`: benchmarks of this installation on this computer; every figure is measured when it is run."""

import argparse
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from distill_app.cli import benchmarks
from distill_app.cli.arguments import Commands, OutputError, add_command, add_json
from distill_app.cli.benchmarks import Figures as Figures
from distill_app.cli.report import Report, note, table
from distill_app.common.atomic_io import atomic_path, write_error_message

_OUT = Path("build") / "bench" / "bench.json"


@dataclass(frozen=True)
class _Benchmark:
    """Benchmark and its title while it runs."""

    title: str
    measure: Callable[[], Figures]


BENCHMARKS = {
    "start": _Benchmark("Starting the window", benchmarks.measure_start),
    "sliders": _Benchmark("Listening to every slider of the starter model", benchmarks.measure_sliders),
    "memory": _Benchmark("Rendering 60 and 600 seconds", benchmarks.measure_memory),
    "model": _Benchmark("Reading the starter model's training record", benchmarks.measure_model),
}


def add_to(commands: Commands) -> None:
    parser = add_command(commands, "bench", run, "measure start-up, sliders and memory on this machine")
    parser.add_argument("--only", action="append", choices=BENCHMARKS, help="one part; repeat for several")
    parser.add_argument("--out", type=Path, default=_OUT, metavar="FILE.json", help=f"where the figures go ({_OUT})")
    add_json(parser)


def run(options: argparse.Namespace) -> Report:
    figures: Figures = {"machine.cores": float(os.cpu_count() or 0), "machine.load_before": machine_load()}
    for name in options.only or BENCHMARKS:
        note(f"{BENCHMARKS[name].title} …")
        started = time.monotonic()
        figures |= BENCHMARKS[name].measure()
        figures[f"{name}.took_s"] = time.monotonic() - started
    figures["machine.load_after"] = machine_load()
    write_figures(options.out, figures)
    rows = [(name, f"{value:.4g}" if isinstance(value, float) else value) for name, value in figures.items()]
    return Report(dict(figures), f"{table(rows)}\n\nWrote {options.out}.")


def machine_load() -> float:
    """Load average of the last minute; -1 if the system does not report it."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else -1.0


def write_figures(path: Path, figures: Figures) -> None:
    """Write flat figures as JSON. Raises OutputError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_path(path) as temporary:
            temporary.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise OutputError(write_error_message(path, error)) from error
