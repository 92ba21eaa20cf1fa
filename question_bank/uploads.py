"""Which files an upload (上传题) may be answered with.

Public: `ENDINGS`, `taken`.

An item may name any endings, as other systems do; handed in are only files whose content can be checked.
"""

from collections.abc import Collection
from typing import Final

ENDINGS: Final = ("pdf", "docx", "png", "jpg", "jpeg")
_JPEG: Final = frozenset({"jpg", "jpeg"})


def taken(accept: Collection[str]) -> tuple[str, ...]:
    """Return the endings that may be handed in where an item accepts `accept`; empty if there are none.

    An item that names no endings takes all of them; jpg and jpeg are one.
    """
    wanted = set(accept) or set(ENDINGS)
    if wanted & _JPEG:
        wanted |= _JPEG
    return tuple(ending for ending in ENDINGS if ending in wanted)
