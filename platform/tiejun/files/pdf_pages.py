"""Pages of a PDF as pictures with their text, so that any browser shows them.

Drawn and read once, kept in `data_dir/pages` under the digest of the file.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import uuid4

import pypdfium2
from PIL import Image

from question_bank.words import said
from tiejun.errors import NotFound
from tiejun.files.kinds import PDFIUM
from tiejun.files.models import StoredFile
from tiejun.files.store import path_of
from tiejun.settings import Settings

WIDTH = 1240  # pixels: sharp at reading size, small enough for a telephone
HEIGHT_MOST = 5000  # a poster or a strip is drawn smaller, so that no page fills the memory
TEXT_MOST = 6000
LINE_ART = 4096  # a page with fewer colours is type and lines, one with more holds photographs


@dataclass(frozen=True)
class PdfPage:
    """A page as it is shown: pixels of its picture, and its text for those who cannot see it."""

    width: int
    height: int
    text: str


def page_picture(settings: Settings, row: StoredFile, number: int) -> Path:
    """Return the picture (PNG) of page `number`, from 1.

    Raises:
        NotFound: if the document has no such page.
    """
    if not 1 <= number <= row.pages:
        raise NotFound(said("这份文件没有第%(n)s页。", n=number))
    target = _folder(settings, row) / f"{number}.png"
    if not target.exists():
        with PDFIUM, pypdfium2.PdfDocument(path_of(settings, row)) as document:
            page = document[number - 1]
            picture = page.render(scale=_scale(page)).to_pil()
        _keep(target, lambda path: _fewer_colours(picture).save(path, "PNG", optimize=True))
    return target


def pdf_pages(settings: Settings, row: StoredFile) -> list[PdfPage]:
    """Return the size and the text of every page."""
    target = _folder(settings, row) / "pages.json"
    if not target.exists():
        with PDFIUM, pypdfium2.PdfDocument(path_of(settings, row)) as document:
            found = [asdict(_read(page)) for page in document]
        _keep(target, lambda path: path.write_text(json.dumps(found), encoding="utf-8"))
    return [PdfPage(**page) for page in json.loads(target.read_text(encoding="utf-8"))]


def _read(page: pypdfium2.PdfPage) -> PdfPage:
    scale = _scale(page)
    text = page.get_textpage().get_text_range()[:TEXT_MOST].strip()
    return PdfPage(round(page.get_width() * scale), round(page.get_height() * scale), text)


def _scale(page: pypdfium2.PdfPage) -> float:
    width, height = float(page.get_width()), float(page.get_height())
    return min(WIDTH / width, HEIGHT_MOST / height)


def _fewer_colours(picture: Image.Image) -> Image.Image:
    """Return `picture` with a palette: 64 colours are enough for type, photographs need more and dots."""
    picture = picture.convert("RGB")
    if picture.getcolors(LINE_ART) is not None:
        return picture.quantize(64)
    return picture.quantize(palette=picture.quantize(256), dither=Image.Dither.FLOYDSTEINBERG)


def _folder(settings: Settings, row: StoredFile) -> Path:
    return settings.data_dir / "pages" / row.sha256[:2] / row.sha256


def _keep(target: Path, write: Callable[[Path], object]) -> None:
    """Write a file aside and put it in place whole; two readers may do so at the same moment."""
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f"{uuid4().hex}.new")
    write(unfinished)
    unfinished.replace(target)
