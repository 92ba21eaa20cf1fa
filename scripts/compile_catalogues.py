"""Compile the catalogues that are newer than what was compiled of them; `.mo` files are not committed.

Part of `make assets`, so that the demo, the tests and the wheel always speak the languages of the checkout.
"""

import os
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
TRANSLATIONS = ROOT / "platform" / "tiejun" / "translations"


def compile_stale(folder: Path = TRANSLATIONS) -> list[Path]:
    """Compile each catalogue of `folder` that changed, and return the files written."""
    return [_compile(source) for source in sorted(folder.glob("*/LC_MESSAGES/*.po")) if _is_stale(source)]


def _is_stale(source: Path) -> bool:
    target = source.with_suffix(".mo")
    return not target.is_file() or target.stat().st_mtime <= source.stat().st_mtime


def _compile(source: Path) -> Path:
    with source.open("rb") as file:
        catalogue = read_po(file, locale=source.parent.parent.name)
    # Written aside and moved: test processes that start together never read half a file.
    written = source.with_suffix(f".{os.getpid()}.tmp")
    with written.open("wb") as file:
        write_mo(file, catalogue)
    return written.replace(source.with_suffix(".mo"))


if __name__ == "__main__":
    compile_stale()
