"""Folders of the repository that tests read."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
GOLDEN = ROOT / "tests" / "golden"
"""Vectors of the official networks: config, checkpoint, mel and samples, a folder each."""
