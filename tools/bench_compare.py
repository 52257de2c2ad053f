"""Comparison of two folders of bench figures: make bench-compare A=build/bench-before B=build/bench.

Prints the ratio of each figure that both folders hold, B to A. Exit status 1 where one got worse than its bound allows,
or where B lacks one that has a bound.
"""

import argparse
import json
import math
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Figures = dict[str, float]


@dataclass(frozen=True)
class Rule:
    pattern: str
    """Regular expression for the part of the name after its last dot."""
    better: str
    """Direction: "lower" or "higher"."""
    bound: float
    """Largest ratio of the worse to the better figure that passes."""
    slack: float = 0.0
    """Difference that always passes, in the figure's unit."""


RULES = (
    Rule(r"underflows|samples_lost|damaged|splices", "lower", 1.0),
    Rule(r"(.*_)?times_as_fast|(.*_)?per_second", "higher", 1.25),
    Rule(r"(.*_)?(r2|rho|correlation|rho_least)", "higher", 1.05, 0.01),
    Rule(r"named|named_axes|axes|resumed|moves_answered|active_dimensions", "higher", 1.0),
    Rule(r"(.*_)?(pesq|visqol|mos|zimtohrli)", "higher", 1.03, 0.02),
    Rule(r"(.*_)?error_db|(.*_)?difference|(.*_)?distance", "lower", 1.1, 0.05),
    Rule(r"(.*_)?ms", "lower", 1.25, 1.0),
    Rule(r"(.*_)?(s|seconds)", "lower", 1.25, 0.02),
    Rule(r"(.*_)?(bytes|mb|mib)", "lower", 1.1),
    Rule(r"feeder_load|cpu_share_of_a_core", "lower", 1.25, 0.02),
)
"""The first rule whose pattern matches counts. Figures without one, such as counts of inputs, are only printed."""
_CONDITIONS = re.compile(r"(.*\.)?(machine|source)\..*|.*\.(machine_load|minutes|hours|files|steps|moves|seed|threads)")


@dataclass(frozen=True)
class Comparison:
    name: str
    before: float
    after: float
    rule: Rule | None

    @property
    def ratio(self) -> float:
        if self.before == self.after:
            return 1.0
        return self.after / self.before if self.before else math.copysign(math.inf, self.after)

    @property
    def is_worse(self) -> bool:
        """Whether the figure got worse than its rule allows. One that is not a number any more is."""
        if self.rule is None or not math.isfinite(self.before):
            return False
        if not math.isfinite(self.after):
            return True
        loss = self.after - self.before if self.rule.better == "lower" else self.before - self.after
        return loss > max(self.rule.slack, (self.rule.bound - 1) * abs(min(self.before, self.after)))

    def __str__(self) -> str:
        allowed = f"{self.rule.better} is better" if self.rule else ""
        verdict = "  WORSE" if self.is_worse else ""
        return f"{self.name:60} {self.before:12.5g} {self.after:12.5g} {self.ratio:8.3f}  {allowed}{verdict}"


def compare(before: Figures, after: Figures) -> list[Comparison]:
    """Figures of both, by name. One with a rule that only `before` holds counts as not a number after."""
    names = [name for name in before if not _CONDITIONS.fullmatch(name) and (name in after or rule_for(name))]
    return [Comparison(name, before[name], after.get(name, math.nan), rule_for(name)) for name in names]


def rule_for(name: str) -> Rule | None:
    last = name.rpartition(".")[2]
    return next((rule for rule in RULES if re.fullmatch(rule.pattern, last)), None)


def read_figures(folder: Path) -> Figures:
    """Numbers in the JSON files of a folder, as FILE.NAME. Raises SystemExit where there are none."""
    figures = {
        f"{path.stem}.{name}": value
        for path in sorted(folder.glob("*.json"))
        for name, value in _numbers(json.loads(path.read_text("utf-8")))
    }
    if not figures:
        raise SystemExit(f"{folder} holds no bench figures; a bench writes them to build/bench.")
    return figures


def _numbers(value: Any, name: str = "") -> Iterator[tuple[str, float]]:
    """Numbers of nested JSON, each with the keys that lead to it."""
    if isinstance(value, dict | list):
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _numbers(each, f"{name}.{key}".lstrip("."))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield name, float(value)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench_compare", description=__doc__)
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    options = parser.parse_args(arguments)
    comparisons = compare(read_figures(options.before), read_figures(options.after))
    print(f"{'figure':60} {'before':>12} {'after':>12} {'ratio':>8}", *comparisons, sep="\n")
    worse = [each.name for each in comparisons if each.is_worse]
    if not any(each.rule for each in comparisons):
        print("The two folders share no figure that has a bound.", file=sys.stderr)
        return 1
    if worse:
        print(f"{len(worse)} of {len(comparisons)} figures got worse: {', '.join(worse)}", file=sys.stderr)
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
