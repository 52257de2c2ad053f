"""Sets of recordings on which generated sound is judged.

The list is fixed before anything is tuned. Systems may be tuned on the group "tuned"; "judged" comes from other
packages, with sounds unlike the first, and is looked at only to judge; "starter" is what the model that ships has
learned, and seven of its recordings are among the drones, too.
"""

from dataclasses import dataclass
from typing import Literal

from tools.starter_sets import PITCHES_HZ
from tools.vocoder_audio.heldout_items import Source

Group = Literal["tuned", "judged", "starter"]
Kind = Literal["sustained", "loops", "one-shots"]


@dataclass(frozen=True)
class SoundSet:
    """Recordings that one model learns.

    Args:
        kind: "one-shots" are trained and rendered from their onset, the others from any place.
        is_tuned_to_c: silence is cut and the pitch moved as for the starter model.
    """

    name: str
    group: Group
    kind: Kind
    what: str
    files: tuple[Source, ...]
    is_tuned_to_c: bool = False


_SONIC_PI = "usr/share/sonic-pi/samples"
_GCOMPRIS = "usr/share/gcompris-qt/rcc"
_LMMS = "usr/share/lmms/samples"
_KIT = "usr/share/hydrogen/data/drumkits/ColomboAcousticDrumkit"
_CHESS = "usr/share/tuxpaint/stamps/symbols/chess"

_LOOPS_OF_THE_PACKAGE = "3d_printer electric mehackit1 mehackit2 perc1 perc2 weirdo"


def _sonic_pi(prefix: str, names: str, licence: str = "CC0-1.0") -> tuple[Source, ...]:
    return tuple(Source("sonic-pi-samples", f"{_SONIC_PI}/{prefix}{name}.flac", licence) for name in names.split())


def _lmms(folder: str, names: str) -> tuple[Source, ...]:
    return tuple(Source("lmms-common", f"{_LMMS}/{folder}/{name}.ogg", "GPL-2+") for name in names.split())


def _instruments(names: str) -> tuple[Source, ...]:
    archive, folder = f"{_GCOMPRIS}/instruments.rcc", "gcompris/src/activities/instruments/resource"
    return tuple(Source("gcompris-qt-data", archive, "GPL-3+", f"{folder}/{name}.ogg") for name in names.split())


def _places(names: str) -> tuple[Source, ...]:
    archive, folder = f"{_GCOMPRIS}/memory-sound.rcc", "gcompris/src/activities/memory-sound/resource"
    licence = "Free Art License"
    return tuple(Source("gcompris-qt-data", archive, licence, f"{folder}/LR{name}.ogg") for name in names.split())


def _kit(names: str) -> tuple[Source, ...]:
    licence = "GPL-2+ with exception for compositions"
    return tuple(Source("hydrogen-drumkits", f"{_KIT}/{name}.flac", licence) for name in names.split())


def _speakers(pieces: str, languages: str) -> tuple[Source, ...]:
    files = (f"{_CHESS}/b_{piece}_desc_{language}.ogg" for language in languages.split() for piece in pieces.split())
    return tuple(Source("tuxpaint-stamps-default", file, "GPL-2") for file in files)


SETS = (
    SoundSet(
        "loops",
        "tuned",
        "loops",
        "drum loops and rhythms",
        _sonic_pi("loop_", "amen amen_full breakbeat compus garzul industrial mika safari tabla")
        + _sonic_pi("loop_", _LOOPS_OF_THE_PACKAGE, "MIT"),
    ),
    SoundSet(
        "drones",
        "tuned",
        "sustained",
        "drones, pads and guitars",
        _sonic_pi(
            "ambi_",
            "choir dark_woosh drone glass_hum glass_rub haunted_hum lunar_land piano soft_buzz swoosh",
        )
        + _sonic_pi("guit_", "e_fifths e_slide em9 harmonics"),
    ),
    SoundSet(
        "drums",
        "tuned",
        "one-shots",
        "a recorded drum kit",
        _sonic_pi(
            "drum_",
            "bass_hard bass_soft cowbell cymbal_closed cymbal_hard cymbal_open cymbal_pedal cymbal_soft heavy_kick "
            "roll snare_hard snare_soft splash_hard splash_soft tom_hi_hard tom_hi_soft tom_lo_hard tom_lo_soft "
            "tom_mid_hard tom_mid_soft",
        ),
    ),
    SoundSet(
        "percussion",
        "tuned",
        "one-shots",
        "tabla and percussion",
        _sonic_pi("perc_", "bell snap snap2 swash till")
        + _sonic_pi("perc_", "bell2 door impact1 impact2 swoosh", "MIT")
        + _sonic_pi(
            "tabla_",
            "dhec ghe1 ghe2 ghe3 ghe4 ghe5 ghe6 ghe7 ghe8 ke1 ke2 ke3 na na_o na_s re tas1 tas2 tas3 te1 te2 te_m "
            "te_ne tun1 tun2 tun3",
        ),
    ),
    SoundSet(
        "starter", "starter", "sustained", "the starter model's recordings", _sonic_pi("", " ".join(PITCHES_HZ)), True
    ),
    SoundSet(
        "strings",
        "judged",
        "sustained",
        "strings, choirs, pads and church organ",
        _lmms(
            "stringsnpads",
            "bell_choir01 bell_choir02 chorus02 heaven_strings01 juno_pad01 nord_ambient01 space_strings01 "
            "space_strings02 space_strings03 strings01",
        )
        + _lmms("instruments", "church_organ01 church_organ02 church_organ03 church_organ04"),
    ),
    SoundSet(
        "beats",
        "judged",
        "loops",
        "beats and bass loops",
        _lmms(
            "beats",
            "909beat01 break01 break02 break03 electro_beat01 electro_beat02 house_loop01 jungle01 rave_hihat01 "
            "rave_hihat02 rave_kick01 rave_kick02 rave_snare01",
        )
        + _lmms(
            "bassloops",
            "briff01 rave_bass01 rave_bass02 tb303_01 techno_bass01 techno_bass02 techno_synth01 techno_synth02 "
            "techno_synth03 techno_synth04",
        ),
    ),
    SoundSet(
        "plucked",
        "judged",
        "sustained",
        "guitars, harp and banjo, playing",
        _instruments("banjo electric_guitar guitar harp")
        + _lmms("latin", "latin_guitar01 latin_guitar02 latin_guitar03")
        + _lmms(
            "instruments",
            "steel_guitar01 steel_guitar_slight_distorted01 steel_guitar_medium_distorted01 "
            "steel_guitar_heavy_distorted01",
        ),
    ),
    SoundSet(
        "acoustic-kit",
        "judged",
        "one-shots",
        "another recorded drum kit",
        _kit(
            "bassdrum-4mics-br-stereo-normal3 bassdrum-4mics-br-stereo-soft2 bassdrum-4mics-br-stereo-soft4 "
            "crash16i__crash1 crash16i__ride2 crash16i__ride_cup4 crash20i__crash crash20i__ride-cup1 crash20i__ride4 "
            "hihat-closed-1 hihat-closed-4 hihat-closed-6 hihat-open-1 hihat-open-4 hihat-open-5 hihat-semi-open-1 "
            "hihat-semi-open-2 snare-opaque-2mics_normal-shot1 snare-opaque-normal-mic-normal_shot2 "
            "snare-opaque-normal-mic-normal_shot3 snare-opaque-normal-mic-rimshot2 snare-opaque-normal-mic-rimshot6 "
            "snare-opaque-normal-mic-rimshot7 stick-rim-9 tom-hi-1 tom-low-1 tom-mid-1",
        ),
    ),
    SoundSet(
        "speech",
        "judged",
        "sustained",
        "three people reading, in Bulgarian, French and Romanian",
        _speakers("1_king 2_queen 3_bishop 4_knight 5_rook 6_pawn", "bg fr ro"),
    ),
    SoundSet(
        "places",
        "judged",
        "sustained",
        "rain, frogs, applause, fire, engines, doors and dogs",
        _places(
            "Rain_in_garden_01_LA_cut FrogsInPondDuringStormLACut Applauses_1_LA_cut Train_slowing_down_01_LA_cut "
            "Fireballs_01_LA StartAndStopCarEngine1LACut Door_Open_2_LA Hits_01_LA Bark_1_LA_cut Bark_3_LA_cut "
            "Object_falling_02_LA Buddhist_gong_05_LA"
        ),
    ),
)


def set_named(name: str) -> SoundSet:
    """Set of a name. Raises KeyError if there is none."""
    return {each.name: each for each in SETS}[name]


def next_set(sound_set: SoundSet) -> SoundSet:
    """Next set of another kind in the list, which lends the sounds that are wrong here."""
    place = SETS.index(sound_set)
    return next(each for each in (*SETS[place:], *SETS) if each.kind != sound_set.kind)
