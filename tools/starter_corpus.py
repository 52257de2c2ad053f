"""Copies the recordings of the starter model into a folder: `python tools/starter_corpus.py FOLDER`.

They come from Debian's package sonic-pi-samples. Only files that the package's own copyright file lists one by one as
CC0 are taken; any other name is refused.
"""

import re
import shutil
import sys
from pathlib import Path

SAMPLES = Path("/usr/share/sonic-pi/samples")
COPYRIGHT = Path("/usr/share/doc/sonic-pi-samples/copyright")
_CHOSEN = """
ambi_choir ambi_drone ambi_glass_hum ambi_glass_rub ambi_haunted_hum ambi_lunar_land
bass_drop_c bass_hard_c bass_thick_c bass_trance_c bass_voxy_c bass_woodsy_c guit_em9 guit_harmonics
"""


def cc0_files(copyright_text: str) -> set[str]:
    """Names of the sample files whose own stanza in a Debian copyright file says CC0."""
    stanzas = copyright_text.split("\n\n")
    found = (re.search(r"^Files: etc/samples/(\S+\.flac)$", stanza, re.MULTILINE) for stanza in stanzas)
    free = (re.search(r"^License: CC0$", stanza, re.MULTILINE) for stanza in stanzas)
    return {file[1] for file, licence in zip(found, free, strict=True) if file and licence}


def main(folder: Path) -> None:
    if not SAMPLES.is_dir():
        sys.exit("The recordings are not installed; on Debian: apt-get install sonic-pi-samples")
    names = [f"{name}.flac" for name in _CHOSEN.split()]
    not_free = sorted(set(names) - cc0_files(COPYRIGHT.read_text(encoding="utf-8")))
    if not_free:
        sys.exit(f"Not listed as CC0: {', '.join(not_free)}")
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        shutil.copyfile(SAMPLES / name, folder / name)
    print(f"{len(names)} CC0 recordings are in {folder}.")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
