"""The figures by which a model's own vocoder was judged, as a table."""

from dataclasses import astuple

from distill_app.cli.report import table
from distill_app.vocoders.embedded.quality_gate import DistanceTable, QualityGate

_HEAD = ("LOG-MEL", "MR-STFT", "GROUP DELAY", "FREQUENCY", "LEVEL DB")


def gate_table(gate: QualityGate) -> str:
    """Copies of the recordings, and of what the model makes of them; smaller is nearer."""
    rows: list[tuple[str, ...]] = [("COPIES OF", "VOCODER", *_HEAD)]
    rows += _rows("recordings", gate.recordings) + _rows("reconstructions", gate.reconstructions)
    nearer = (
        f"nearer than built-in in {gate.nearer} of {gate.windows} windows, by {100 * gate.gain:.1f} % in the median"
    )
    about = f"{gate.seconds:g} s held out: {nearer}."
    return f"{table(rows)}\n{about}"


def _rows(name: str, found: DistanceTable) -> list[tuple[str, ...]]:
    return [(name, vocoder, *(f"{value:.3f}" for value in astuple(each))) for vocoder, each in found.items()]
