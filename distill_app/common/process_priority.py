"""Standing back behind what somebody plays on the same computer."""

import os
import sys

_NICE = 10
_BELOW_NORMAL = 0x4000


def lower_priority() -> None:
    """Gives this process a low priority, for good. Where the system refuses, all stays as it was."""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.kernel32.SetPriorityClass(ctypes.windll.kernel32.GetCurrentProcess(), _BELOW_NORMAL)
    else:
        os.nice(_NICE)
