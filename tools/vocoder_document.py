"""The measured part of docs/vocoders.md: between two marks, so that the text around it stays."""

from collections.abc import Sequence
from pathlib import Path

from distill_app.common.atomic_io import atomic_path
from tools.vocoder_report import items, markdown, means, targets
from tools.vocoder_targets import Result

BEGIN = "<!-- measured by bench-vocoder: from here … -->"
END = "<!-- … to here -->"


def written_into(path: Path, results: Sequence[Result], circumstances: str) -> None:
    """Replaces what stands between the marks. Raises ValueError where they are missing, OSError."""
    before, begin, rest = path.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{path} has lost its marks {BEGIN} and {END}")
    with atomic_path(path) as temporary:
        text = f"{before}{BEGIN}\n\n{section(results, circumstances)}\n\n{END}{after}"
        temporary.write_text(text, encoding="utf-8")


def section(results: Sequence[Result], circumstances: str) -> str:
    """Means, targets and items as Markdown."""
    opponent, *others = results
    parts = [f"One thread of {circumstances}", "### Means", markdown(means(results)), "### Targets"]
    parts += [markdown(targets(result, opponent)) for result in others]
    for result in results:
        parts += [f"### {result.title}, recording by recording", markdown(items(result))]
    return "\n\n".join(parts)
