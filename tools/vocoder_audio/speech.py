"""Speech of espeak-ng in many voices, languages, speeds and pitches, with sentences written for this corpus."""

import numpy as np

from . import RATE_HZ
from .programs import fit_length, speak
from .recordings import at_speed, resample_to_rate

_VARIANTS = (
    "",
    "+m1",
    "+m2",
    "+m3",
    "+m4",
    "+m5",
    "+m6",
    "+m7",
    "+f1",
    "+f2",
    "+f3",
    "+f4",
    "+f5",
    "+whisper",
    "+croak",
)
_SENTENCES = {
    "en-gb": (
        "The river was frozen, so we carried the boat across the field.",
        "She asked seven questions and waited for none of the answers.",
        "Every evening the fisherman's dog sits by the old harbour wall.",
        "Shake the box gently; if it whistles, put it back.",
        "Would you choose the cheaper chair, or the one with wheels?",
    ),
    "en-us": (
        "Nobody heard the piano fall, but everyone saw the dust.",
        "Thirty-three thin candles flickered through the whole storm.",
        "Please leave the yellow jar where my grandmother put it.",
    ),
    "de": (
        "Zwischen zwei Zügen blieb genug Zeit für einen kurzen Spaziergang.",
        "Der Schreiner prüft das Holz, bevor er sägt.",
        "Übermorgen zieht ein Gewitter über die Küste.",
    ),
    "fr": (
        "Le boulanger chante chaque matin en ouvrant sa fenêtre.",
        "Un vent léger pousse les nuages vers la montagne.",
    ),
    "es": (
        "La guitarra quedó en el tren y nadie la echó de menos.",
        "Mañana lloverá otra vez sobre los tejados rojos.",
    ),
    "it": ("Il gatto dorme sullo scaffale più alto della cucina.", "Che giornata lunga, e che bella luce adesso!"),
    "pt": ("O relógio da estação parou às quatro e um quarto.",),
    "pl": ("Szary żuraw przeszedł powoli przez mokrą łąkę.",),
    "ru": ("Снег шёл всю ночь, и утром город стал тихим.",),
    "tr": ("Küçük dükkânın önünde üç çocuk şarkı söylüyor.",),
    "sv": ("Sju sjösjuka skeppare sjöng på stranden.",),
    "fi": ("Vanha kello lyö kaksitoista kertaa joka päivä.",),
    "cmn": ("今天晚上我们一起去听音乐会。",),
    "hi": ("बारिश के बाद बगीचे में मोर नाचता है।",),
    "ar": ("يقرأ الولد كتابا جديدا كل أسبوع.",),
    "sw": ("Mvua ilinyesha usiku kucha na mto ukajaa maji.",),
    "vi": ("Buổi sáng, tiếng chim hót vang khắp khu vườn nhỏ.",),
    "cy": ("Mae'r gwynt yn chwythu dros y bryniau llwyd.",),
}


def spoken_phrase(rng: np.random.Generator, seconds: float) -> np.ndarray:
    """Sentences of one voice, with pauses between them, `[seconds · RATE_HZ]`."""
    language = str(rng.choice(list(_SENTENCES)))
    voice = language + str(rng.choice(_VARIANTS))
    words_per_minute, pitch = int(rng.integers(90, 260)), int(rng.integers(5, 96))
    speed = 1.0 if rng.random() < 0.5 else rng.uniform(0.8, 1.8)  # shifted formants, and consonants up to 20 kHz
    parts: list[np.ndarray] = []
    while sum(map(len, parts)) < seconds * RATE_HZ:
        sentence = str(rng.choice(_SENTENCES[language]))
        parts.append(at_speed(resample_to_rate(*speak(sentence, voice, words_per_minute, pitch)), speed))
        parts.append(np.zeros(int(rng.uniform(0.0, 1.0) * RATE_HZ)))
    return fit_length(np.concatenate(parts), seconds)
