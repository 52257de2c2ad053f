"""How long this process has been running, for measuring the start."""

import os
import time
from pathlib import Path

_IMPORTED_AT = time.monotonic()


def process_age_seconds() -> float:
    """Seconds since the system started this process; since this module's import where the system does not say."""
    try:
        started_ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
        uptime = float(Path("/proc/uptime").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return time.monotonic() - _IMPORTED_AT
    return uptime - started_ticks / os.sysconf("SC_CLK_TCK")
