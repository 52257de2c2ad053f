"""Update of the measured part of docs/vocoders.md, which lies between two marks."""

from collections.abc import Sequence
from pathlib import Path

from distill_app.common.atomic_io import atomic_path
from tools.vocoder_report import items, markdown, means, targets
from tools.vocoder_targets import Result

BEGIN = "<!-- measured by bench-vocoder: from here … -->"
END = "<!-- … to here -->"


def update_document(path: Path, results: Sequence[Result], conditions: str) -> None:
    """Replaces the text between the marks. Raises ValueError if they are missing, and OSError."""
    before, begin, rest = path.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{path} has lost its marks {BEGIN} and {END}")
    with atomic_path(path) as temporary:
        text = f"{before}{BEGIN}\n\n{measured_section(results, conditions)}\n\n{END}{after}"
        temporary.write_text(text, encoding="utf-8")


def measured_section(results: Sequence[Result], conditions: str) -> str:
    """Means, targets and items as Markdown."""
    baseline, *others = results
    parts = [f"One thread of {conditions}", "### Means", markdown(means(results)), "### Targets"]
    parts += [markdown(targets(result, baseline)) for result in others]
    for result in results:
        parts += [f"### {result.title}, recording by recording", markdown(items(result))]
    return "\n\n".join(parts)
