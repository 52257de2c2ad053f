"""Nine test sounds for vocoders, as clips of recordings."""

from dataclasses import dataclass

_GCOMPRIS = "usr/share/gcompris-qt/rcc"
_INSTRUMENTS = "gcompris/src/activities/instruments/resource"
_KIT = "usr/share/hydrogen/data/drumkits/ForzeeStereo"


@dataclass(frozen=True)
class Source:
    """File of a Debian package, or inside a Qt resource archive of it."""

    package: str
    path: str
    licence: str
    inside: str = ""


@dataclass(frozen=True)
class Clip:
    """Part of a recording (all of it where `seconds` is 0), placed in an item."""

    source: Source
    at_seconds: float = 0.0
    start_seconds: float = 0.0
    seconds: float = 0.0
    gain_db: float = 0.0


@dataclass(frozen=True)
class Item:
    """Test sound of several clips, normalised to a peak of `peak_db` dBFS."""

    name: str
    what: str
    seconds: float
    clips: tuple[Clip, ...]
    peak_db: float = -3.0


def _instrument(name: str) -> Source:
    return Source("gcompris-qt-data", f"{_GCOMPRIS}/instruments.rcc", "GPL-3+", f"{_INSTRUMENTS}/{name}.ogg")


def _place(name: str) -> Source:
    inside = f"gcompris/src/activities/memory-sound/resource/{name}.ogg"
    return Source("gcompris-qt-data", f"{_GCOMPRIS}/memory-sound.rcc", "Free Art License", inside)


def _drum(name: str) -> Source:
    return Source("hydrogen-drumkits", f"{_KIT}/{name}.wav", "GPL-2")


def _bass(name: str) -> Source:
    return Source("lmms-common", f"usr/share/lmms/samples/bassloops/{name}.ogg", "GPL-2+")


def _words(name: str) -> Source:
    return Source("tuxpaint-stamps-default", f"usr/share/tuxpaint/stamps/symbols/chess/{name}.ogg", "GPL-2")


_SONG = Source(
    "warzone2100-music", "usr/share/games/warzone2100/music/albums/original_soundtrack/track2.opus", "GPL-2+"
)
_BEAT = 0.5
_BAR = (
    ("Kick-4", (0.0, 1.5, 2.0), 0.0),
    ("Snare-4", (1.0, 3.0), 0.0),
    ("Snare-1", (1.75, 2.75), -6.0),
    ("HiHatClosed-3", (0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0), -4.0),
    ("HiHatSemiopen-2", (3.5,), -4.0),
)
_FILL = (
    ("TomHigh-3", (12.0, 12.25), 0.0),
    ("TomMid-3", (12.5, 12.75), 0.0),
    ("TomLow-4", (13.0, 13.5), 0.0),
    ("Kick-4", (14.0,), 0.0),
    ("Crash18-2", (14.0,), -3.0),
)


def _drum_clips() -> tuple[Clip, ...]:
    """Clips of three bars of rock, then a fill and a ringing cymbal."""
    bars = [(name, 4 * bar + beat, gain) for bar in range(3) for name, beats, gain in _BAR for beat in beats]
    fill = [(name, beat, gain) for name, beats, gain in _FILL for beat in beats]
    return tuple(Clip(_drum(name), _BEAT * beat, gain_db=gain) for name, beat, gain in bars + fill)


ITEMS = (
    Item("01-piano", "solo piano, recorded", 10.0, (Clip(_instrument("piano"), 0.0, 0.0, 10.0),)),
    Item("02-strings", "solo violin, recorded", 7.4, (Clip(_instrument("violin")),)),
    Item("03-plucked", "acoustic guitar, recorded", 6.0, (Clip(_instrument("guitar")),)),
    Item(
        "04-voice",
        "two people reading, in Bulgarian and Romanian",
        9.4,
        (
            Clip(_words("b_6_pawn_desc_bg"), 0.0, 0.0, 5.2),
            Clip(_words("w_6_pawn_desc_ro"), 5.3, 0.0, 4.1, gain_db=-6.0),
        ),
    ),
    Item("05-drums", "a recorded acoustic kit, played by a pattern", 9.0, _drum_clips()),
    Item("06-full-mix", "film-like music: drums, bass, synthesizers", 8.0, (Clip(_SONG, 0.0, 132.0, 8.0),)),
    Item(
        "07-noise-texture",
        "rain in a garden, then applause, recorded",
        7.9,
        (Clip(_place("LRRain_in_garden_01_LA_cut")), Clip(_place("LRApplauses_1_LA_cut"), 4.8)),
    ),
    Item(
        "08-synth-bass",
        "two loops of analogue-style bass synthesizers",
        7.2,
        (Clip(_bass("tb303_01")), Clip(_bass("techno_synth01"), 3.8)),
    ),
    Item(
        "09-reverb-tail",
        "a cymbal's ring and its room dying away, quiet",
        8.0,
        (Clip(_drum("Ride-0"), 0.0, 0.25, 8.0),),
        peak_db=-30.0,
    ),
)

SHA256 = {
    "01-piano": "fb0f9955c8111e195fdd282eea89136b82abc6929534d796492814484cb90730",
    "02-strings": "ab5adb6b3177ee50bd29e7f8fdc9e6b57af09c6dee6615f808b59745b49aafd9",
    "03-plucked": "20d6dc04530ffb4c94828e6188bdf55795061bc604f32ebca6b6e4005f2823e2",
    "04-voice": "a202ae332adf5d4cdb70463274009587e4d7ce8fa70b6bd1d76def6cf5e50322",
    "05-drums": "acafa1997ca622a9e32b4b49b8f64ce0118d264f7f12ccdfc737f0b07e8c6a8e",
    "06-full-mix": "9555e91cc3eef74ebafc9d44d762de2533cc8421deabec636617bcbe21e4c19b",
    "07-noise-texture": "2af6e5cab0547a7aaedefea2adb8c9056eb93c8228f1ffa03662dcaad3064165",
    "08-synth-bass": "5ec092b28eb09c77684fe732969faf353b5c962c535fa37094dbc597386210e8",
    "09-reverb-tail": "59ccb979f147fa58a87b241b5613aca75e265b997963e6442945c62658daa1b2",
}
"""Checksums of the files of the published figures; another decoder may differ in the last bit."""
