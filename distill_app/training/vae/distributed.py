"""A training in several processes: all read the recordings, all make the steps, and the first one does the rest."""

from distill_app.common.errors import TrainingError
from distill_app.corpus.corpus import Corpus
from distill_app.training.run.process_group import SingleProcess
from distill_app.training.vae.base_model import BaseModel
from distill_app.training.vae.checkpoint import TrainingState, shared_state
from distill_app.training.vae.config import TrainingConfig
from distill_app.training.vae.trainer import Trainer

_NOT_THE_SAME = (
    "The recordings are not the same for every process; give all machines the same files under the same names."
)


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
    if not processes.all_reduce_and(
        processes.broadcast_bytes(corpus.fingerprint.encode()) == corpus.fingerprint.encode()
    ):
        raise TrainingError(_NOT_THE_SAME)
    if not processes.is_main:
        return _begun(corpus, config, shared_state(None, processes), processes, origin)
    trainer = _begun(corpus, config, state, processes, origin)
    if processes.world_size > 1:
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
