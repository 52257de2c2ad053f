"""Style check: python -m tools.style_check [--counts] [PATH …]."""

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

from tools.style_check.docstrings import find_leaning_docstrings
from tools.style_check.imports import find_circles
from tools.style_check.names import find_shared_class_names, find_shared_module_names
from tools.style_check.sizes import find_long_functions, find_long_modules
from tools.style_check.source import ROOT, Finding, Source, read_sources
from tools.style_check.translations import find_untranslated
from tools.style_check.words import find_banned_words

RULES: tuple[Callable[[list[Source]], Iterable[Finding]], ...] = (
    find_circles,
    find_shared_class_names,
    find_shared_module_names,
    find_leaning_docstrings,
    find_banned_words,
    find_long_modules,
    find_long_functions,
    find_untranslated,
)


def check(sources: list[Source]) -> list[Finding]:
    return sorted({finding for rule in RULES for finding in rule(sources)})


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="style_check", description=__doc__)
    parser.add_argument("paths", nargs="*", help="files and folders to report on (default: all)")
    parser.add_argument("--counts", action="store_true", help="print the number of findings in each folder only")
    options = parser.parse_args(arguments)
    findings = [finding for finding in check(read_sources()) if _is_below(finding, options.paths)]
    print(*(_counts(findings) if options.counts else findings), sep="\n")
    return 1 if findings else 0


def _is_below(finding: Finding, paths: list[str]) -> bool:
    return not paths or any((ROOT / finding.path).is_relative_to(Path(path).resolve()) for path in paths)


def _counts(findings: list[Finding]) -> list[str]:
    counts = Counter((finding.rule, "/".join(finding.path.split("/")[:-1][:3])) for finding in findings)
    return [f"{count:5} {rule:16} {folder}" for (rule, folder), count in sorted(counts.items())]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
