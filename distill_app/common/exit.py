"""Exit of the process."""

import atexit
import gc


def skip_collection_at_exit() -> None:
    """Leaves all objects to the system when the process ends.

    Looking for unreachable cycles among the objects of torch takes 1.5 s, in which the user waits for the prompt.
    """
    atexit.register(gc.freeze)
