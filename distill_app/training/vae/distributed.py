"""A training in several processes: all read the recordings, all make the steps, and the first one does the rest."""

from collections.abc import Generator, Iterator
from typing import TypeVar

from distill_app.common.errors import DistillError, TrainingError
from distill_app.corpus.corpus import Corpus
from distill_app.training.run.processes import ENDED, SingleProcess
from distill_app.training.vae.base_model import BaseModel
from distill_app.training.vae.checkpoint import TrainingState, shared_state
from distill_app.training.vae.config import TrainingConfig
from distill_app.training.vae.trainer import Trainer

Step = TypeVar("Step")
Found = TypeVar("Found")

_NOT_THE_SAME = (
    "The recordings are not the same for every process; give all machines the same files under the same names."
)


def read_together(reading: Generator[Step, None, Found], processes: SingleProcess) -> Generator[Step, None, Found]:
    """One process of each machine reads, then the others there, which find its results in the cache.

    None waits for another without a word for longer than one step of the reading takes.
    """
    found = (yield from _told(reading, processes)) if processes.first_here else None
    _wait_for_all(processes)
    if found is None:
        found = yield from _told(reading, processes)
    _wait_for_all(processes)
    return found


def _told(reading: Generator[Step, None, Found], processes: SingleProcess) -> Generator[Step, None, Found]:
    while True:
        try:
            step = next(reading)
        except StopIteration as end:
            found: Found = end.value
            return found
        processes.all_true(False)
        yield step


def _wait_for_all(processes: SingleProcess) -> None:
    while not processes.all_true(True):
        pass


def build_synced_trainer(
    corpus: Corpus,
    config: TrainingConfig,
    state: TrainingState | None,
    processes: SingleProcess,
    origin: BaseModel | None = None,
) -> Trainer:
    """The same training in every process: the first one's, new or gone on with.

    Args:
        state: to go on from; only the first process gives one.
        origin: the model that is learned on top of.

    Raises TrainingError where the recordings are not the same, or not those of the state.
    """
    if not processes.all_true(processes.sent(corpus.fingerprint.encode()) == corpus.fingerprint.encode()):
        raise TrainingError(_NOT_THE_SAME)
    if not processes.first:
        return _begun(corpus, config, shared_state(None, processes), processes, origin)
    trainer = _begun(corpus, config, state, processes, origin)
    if processes.count > 1:
        shared_state(trainer.state(), processes)
    return trainer


def _begun(
    corpus: Corpus,
    config: TrainingConfig,
    state: TrainingState | None,
    processes: SingleProcess,
    origin: BaseModel | None,
) -> Trainer:
    if state is None:
        return Trainer(corpus, config, processes=processes, origin=origin)
    trainer = Trainer(corpus, state.config_for(config), processes=processes, origin=origin)
    trainer.restore(state)
    return trainer


def notify_followers(fitting: Iterator[Step], processes: SingleProcess) -> Iterator[Step]:
    """The other processes are told when no step follows, however that comes about, unless something has failed."""
    try:
        yield from fitting
    except DistillError:
        raise
    except BaseException:
        processes.agreed(ENDED)
        raise
    processes.agreed(ENDED)
