"""Text about a training: progress, remaining time and results."""

from collections.abc import Mapping, Sequence
from typing import Any

from distill_app.common.units import file_size
from distill_app.models.header import ModelHeader
from distill_app.training.run.spec import EmbeddedVocoderSpec, ModelSpec
from distill_app.training.run.status import TrainingStatus
from distill_app.ui.style.format import MINUS, counted, decibels
from distill_app.ui.train.training.history import TrainingHistory
from distill_app.ui.translation import tr
from distill_app.vocoders.embedded.vocoder import model_entries

_SEPARATOR = " · "
_IMPROVEMENT_MIN = 0.5


def already_running() -> str:
    """Message to a user who wants to start a second training."""
    return tr("A training is running; it has to end before another one starts.")


def device_name(device: str) -> str:
    """Name of a torch device type."""
    names = {"cpu": tr("Processor"), "cuda": tr("Graphics card"), "mps": tr("Apple graphics")}
    return names.get(device, device)


def clock_of(seconds: float) -> str:
    """`0:07`, `12:30`, `1:02:05`: whole seconds, rounded down."""
    whole = max(0, int(seconds + 1e-6))
    minutes, rest = divmod(whole, 60)
    return f"{minutes}:{rest:02d}" if minutes < 60 else f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"


def time_left(line: TrainingStatus | None, spec: ModelSpec | EmbeddedVocoderSpec | None = None) -> str:
    """`3:12 left`, `at most 3:12 left` where `spec` may end early, or the percentage done where the time is unknown."""
    if line is None or line.stage in ("", "save"):
        return ""
    if line.remaining_seconds is not None and line.stage == "train":
        ends_early = isinstance(spec, ModelSpec) and spec.ends_early
        left = tr("at most {time} left") if ends_early else tr("{time} left")
        return left.format(time=clock_of(line.remaining_seconds + 0.5))
    return f"{round(100 * line.fraction)} %"


def loss_text(loss: float | None) -> str:
    """`loss 5,210`, with the digits that are significant."""
    if loss is None:
        return ""
    size = f"{loss:,.0f}" if abs(loss) >= 100 else f"{loss:.3g}"
    return tr("loss {size}").format(size=size.replace("-", MINUS))


def error_text(error_db: float | None) -> str:
    """`error 4.81 dB`."""
    return "" if error_db is None else tr("error {level}").format(level=decibels2(error_db))


def read_out(seconds: float, error_db: float | None, loss: float | None) -> str:
    """`1:12 · error 4.81 dB · loss 5,210`."""
    return _SEPARATOR.join(filter(None, (clock_of(seconds), error_text(error_db), loss_text(loss))))


def decibels2(value: float) -> str:
    """`4.81 dB`: errors differ in the second decimal place."""
    return f"{value:.2f} dB".replace("-", MINUS)


def machine_facts(setup: TrainingStatus | None) -> list[str]:
    """`Processor`, `1 core`, `about 0.9 GB of memory`; empty before the training has reported them."""
    if setup is None or setup.device is None:
        return []
    cores = [cores_text(setup.threads)] if setup.threads else []
    memory = [memory_text(setup.memory_bytes)] if setup.memory_bytes else []
    return [device_name(setup.device), *cores, *memory]


def cores_text(count: int) -> str:
    return counted(count, tr("{count} core"), tr("{count} cores"))


def memory_text(size: int) -> str:
    return tr("about {size} of memory").format(size=file_size(size))


def progress_facts(history: TrainingHistory) -> list[str]:
    """Progress of a training; empty before the first step.

    Of a model `0:25 trained`, `20 recordings, 1:15 min`, `1:14 min of sound in the model`, `2 % better than the first
    model`; of a vocoder `3:12 trained`, `epoch 12`, `error 4.81 dB`, `best 4.79 dB`, `loss 5,210`.
    """
    line = history.status
    if not history.seconds:
        return []
    time = tr("{time} trained").format(time=clock_of(history.seconds))
    if history.first_error_db is not None:
        return [time, *_material(history), *_improvement(history)]
    epoch = [tr("epoch {number}").format(number=line.epoch)] if line is not None and line.epoch else []
    loss = [loss_text(line.loss)] if line is not None and line.loss is not None else []
    return [time, *epoch, *_errors(history), *loss]


def _material(history: TrainingHistory) -> list[str]:
    """Recordings that were read, and the part of their sound that the model carries."""
    files, seconds, grain = history.files, history.sound_seconds, history.grain_seconds
    read = [] if files is None or seconds is None else [recordings_text(files, seconds)]
    carried = tr("{time} min of sound in the model")
    return [*read, *([carried.format(time=clock_of(grain))] if grain else [])]


def _improvement(history: TrainingHistory) -> list[str]:
    first, best = history.first_error_db, history.best
    return [] if first is None or best is None else [improvement_text(first, best[1])]


def improvement_text(first_error_db: float, error_db: float) -> str:
    """`2 % better than the first model`; less than half a percent is no improvement."""
    percent = 100 * (1 - error_db / first_error_db) if first_error_db > 0 else 0.0
    if percent < _IMPROVEMENT_MIN:
        return tr("as good as the first model")
    return tr("{percent} % better than the first model").format(percent=f"{percent:.0f}" if percent >= 1 else "½")


def _errors(history: TrainingHistory) -> list[str]:
    if history.best is None:
        return []
    best = tr("best {level}").format(level=decibels2(history.best[1]))
    return [error_text(history.errors.points[-1][1]), best]


def title_of(spec: ModelSpec | EmbeddedVocoderSpec | None) -> str:
    """`“Forest”`, `A vocoder for “Forest”`; "" where nothing is trained."""
    if spec is None:
        return ""
    title = "“{name}”" if isinstance(spec, ModelSpec) else tr("A vocoder for “{name}”")
    return title.format(name=spec.out.stem)


def skipped_text(skipped: Mapping[str, str]) -> str:
    """`2 files skipped`, "" for none."""
    return counted(len(skipped), tr("{count} file skipped"), tr("{count} files skipped")) if skipped else ""


def skipped_details(skipped: Mapping[str, str]) -> str:
    """One line for each skipped file: the reason, else the name."""
    return "\n".join(reason or name for name, reason in skipped.items())


def result_facts(header: ModelHeader) -> list[str]:
    """Result of a training, as far as the model's header contains it.

    `validation error 4.81 dB`, `2 % better than the first model`, `20 recordings, 1:15 min`.
    """
    error, first = _number(header.training, "held_out_error_db"), _number(header.training, "first_error_db")
    recordings = recordings_text(len(header.corpus), sum(file.seconds for file in header.corpus))
    validation = [] if error is None else [tr("validation error {level}").format(level=decibels2(error))]
    better = [] if error is None or first is None else [improvement_text(first, error)]
    return [*validation, *better, recordings]


def novelty_text(header: ModelHeader) -> str:
    """Distance of random sounds from the recordings; "" where the model's header does not contain it."""
    found = header.training.get("novelty")
    values = found if isinstance(found, Mapping) else {}
    near, apart = _number(values, "random_db"), _number(values, "another_db", "elsewhere_db")
    if near is None:
        return ""
    sentence = tr("Random sounds differ from the nearest recording by {near}.").format(near=decibels(near))
    if apart is None:
        return sentence
    return sentence + " " + tr("The recordings differ from each other by {apart}.").format(apart=decibels(apart))


def recordings_text(count: int, seconds: float) -> str:
    """`20 recordings, 1:15 min`."""
    recordings = counted(count, tr("{count} recording"), tr("{count} recordings"))
    return tr("{recordings}, {time} min").format(recordings=recordings, time=clock_of(seconds))


def _number(values: Mapping[str, Any], *names: str) -> float | None:
    found = (values.get(name) for name in names)
    return next((float(value) for value in found if isinstance(value, int | float)), None)


def sliders_text(names: Sequence[str]) -> str:
    """`6 sliders: Brightness, Attack, …`."""
    return f"{counted(len(names), tr('{count} slider'), tr('{count} sliders'))}: {', '.join(names)}"


def vocoder_sentence(name: str, header: ModelHeader | None) -> str:
    """Verdict on a fine-tuned vocoder, and whether Auto uses it."""
    auto, *embedded = model_entries(None if header is None else header.vocoder)
    if not embedded or not embedded[0].ready:
        return embedded[0].reason if embedded else tr("“{name}” has a fine-tuned vocoder.").format(name=name)
    choice = tr("Auto uses it.") if auto.verdict else tr("Auto still uses the built-in one.")
    verdict = tr("The vocoder of “{name}” is {verdict}.").format(name=name, verdict=embedded[0].verdict)
    return f"{verdict} {choice}"


def verdict_text(report: Mapping[str, Any]) -> str:
    """Comparison of an embedded vocoder with the built-in one, and which one Auto uses; "" without a verdict."""
    verdict = str(report.get("verdict", ""))
    if not verdict:
        return ""
    choice = tr("Auto uses it.") if report.get("preferred") else tr("Auto still uses the built-in one.")
    return f"{verdict[:1].upper()}{verdict[1:]}. {choice}"
