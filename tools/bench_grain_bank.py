"""Process that adds a grain bank to a model, as a training does at its end, and prints its cost as a line of JSON."""

import argparse
import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from distill_app.cli.benchmarks import peak_memory_mib
from distill_app.common.generators import drain
from distill_app.models.model_file import load_model, save_model
from distill_app.training.grain.bank_builder import grain_bank_steps
from tools.bench_grain_corpus import CORPORA, Sizes
from tools.network_memory import reset_peak


@dataclass(frozen=True)
class BankCost:
    """Cost of a bank.

    Args:
        files, hours: recordings in the corpus.
        recordings: those of which the bank holds something.
        bank_minutes, bank_mb: length of the bank, and megabytes that it adds to the model file.
        build_s: processor seconds.
        build_mib: memory at most while it was built, above that of the process with model and corpus.
    """

    files: int
    hours: float
    recordings: int
    bank_minutes: float
    bank_mb: float
    build_s: float
    build_mib: float


def add_bank(scratch: Path, name: str, sizes: Sizes) -> BankCost:
    """Writes `scratch/NAME.distillgan`, which is `scratch/plain.distillgan` with the bank of a corpus."""
    chosen = CORPORA[name]
    corpus, model = chosen.read(scratch, sizes), load_model(scratch / "plain.distillgan")
    reset_peak()
    memory, begun = peak_memory_mib(), time.process_time()
    bank = drain(grain_bank_steps(model, corpus, chosen.grain_minutes(sizes)))
    seconds = time.process_time() - begun
    assert bank is not None
    save_model(model.with_grain(bank), scratch / f"{name}.distillgan")
    return BankCost(
        files=len(corpus.files),
        hours=corpus.seconds / 3600,
        recordings=len(bank.recordings),
        bank_minutes=bank.seconds / 60,
        bank_mb=bank.size_bytes / 1e6,
        build_s=seconds,
        build_mib=peak_memory_mib() - memory,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scratch", type=Path, help="folder with the sounds and plain.distillgan")
    parser.add_argument("name", choices=CORPORA)
    parser.add_argument("sizes", help="as JSON")
    options = parser.parse_args()
    os.environ["XDG_CACHE_HOME"] = str(options.scratch / "cache")
    torch.set_num_threads(1)
    print(json.dumps(asdict(add_bank(options.scratch, options.name, Sizes(**json.loads(options.sizes))))))


if __name__ == "__main__":
    main()
