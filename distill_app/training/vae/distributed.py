"""Construction of one training in several processes."""

from distill_app.common.errors import TrainingError
from distill_app.corpus.corpus import Corpus
from distill_app.training.run.process_group import SingleProcess
from distill_app.training.vae.base_model import BaseModel
from distill_app.training.vae.checkpoint import TrainingState, broadcast_state
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
    base: BaseModel | None = None,
) -> Trainer:
    """Trainer in the state of the main process, in every process.

    Args:
        state: checkpoint to resume; only the main process passes one.
        base: base model of the training.

    Raises TrainingError if the recordings differ between processes or from those of the state.
    """
    if not processes.all_reduce_and(
        processes.broadcast_bytes(corpus.fingerprint.encode()) == corpus.fingerprint.encode()
    ):
        raise TrainingError(_NOT_THE_SAME)
    if not processes.is_main:
        return _build_trainer(corpus, config, broadcast_state(None, processes), processes, base)
    trainer = _build_trainer(corpus, config, state, processes, base)
    if processes.world_size > 1:
        broadcast_state(trainer.state(), processes)
    return trainer


def _build_trainer(
    corpus: Corpus,
    config: TrainingConfig,
    state: TrainingState | None,
    processes: SingleProcess,
    base: BaseModel | None,
) -> Trainer:
    if state is None:
        return Trainer(corpus, config, processes=processes, base=base)
    trainer = Trainer(corpus, state.resumed_config(config), processes=processes, base=base)
    trainer.restore(state)
    return trainer
