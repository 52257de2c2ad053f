"""Priority of this process."""

import os
import sys

_NICE = 10
_BELOW_NORMAL = 0x4000


def lower_priority() -> None:
    """Give this process a low priority for its lifetime. A refusal by the system is ignored."""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.kernel32.SetPriorityClass(ctypes.windll.kernel32.GetCurrentProcess(), _BELOW_NORMAL)
    else:
        os.nice(_NICE)
