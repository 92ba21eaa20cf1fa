"""Files kept between the two steps of an import: looked at first, taken over after confirmation.

They lie in `data_dir/uploads` under their SHA-256, outside of anything that is served.
"""

import hashlib
import re
from pathlib import Path

from question_bank.words import said
from tiejun.errors import NotFound
from tiejun.settings import Settings

DIGEST = re.compile(r"[0-9a-f]{64}")


def keep(settings: Settings, content: bytes) -> str:
    """Store an uploaded file; return its SHA-256, by which it is found again."""
    digest = hashlib.sha256(content).hexdigest()
    path = _folder(settings) / digest
    if not path.exists():
        unfinished = path.with_suffix(".new")
        unfinished.write_bytes(content)
        unfinished.replace(path)
    return digest


def fetch(settings: Settings, digest: str) -> bytes:
    """Return a file stored by `keep`.

    Raises:
        NotFound: if there is none under this digest.
    """
    path = _folder(settings) / digest
    if not DIGEST.fullmatch(digest) or not path.is_file():
        raise NotFound(said("上传的文件已不在，请重新选择文件。"))
    return path.read_bytes()


def _folder(settings: Settings) -> Path:
    folder = settings.data_dir / "uploads"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
