"""How many threads torch renders with."""

import torch

from distill_app.vocoders.runtime.thread_tuning import cpu_count

_MOST = 4


def choose_threads() -> None:
    """Half of the processors, at most four: to be called once, before any render.

    The operations of a render are small. More threads gain little, and wherever another program keeps a processor busy
    they wait for each other: on two processors with one busy, two threads took 4.4 to 7.5 s for what one did in 0.8 s.
    """
    torch.set_num_threads(min(_MOST, max(1, cpu_count() // 2)))
