"""Pages of a PDF lesson as pictures, so that any browser shows them; drawn once, kept in `data_dir/pages`."""

from pathlib import Path
from threading import Lock

import pypdfium2

from question_bank.words import said
from tiejun.errors import NotFound
from tiejun.files.models import StoredFile
from tiejun.files.store import path_of
from tiejun.settings import Settings

WIDTH = 1240  # pixels: sharp at reading size, small enough for a telephone
TEXT_MOST = 6000
# pdfium is not safe in several threads at once.
_turn = Lock()


def page_picture(settings: Settings, row: StoredFile, number: int) -> Path:
    """Return the picture (PNG) of page `number`, from 1.

    Raises:
        NotFound: if the document has no such page.
    """
    if not 1 <= number <= row.pages:
        raise NotFound(said("这份文件没有第%(n)s页。", n=number))
    folder = settings.data_dir / "pages" / row.sha256[:2] / row.sha256
    target = folder / f"{number}.png"
    if not target.exists():
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = folder / f"{number}.{row.id}.new"
        with _turn, pypdfium2.PdfDocument(path_of(settings, row)) as document:
            page = document[number - 1]
            picture = page.render(scale=WIDTH / page.get_width()).to_pil()
        picture.convert("P", palette=1, colors=64).save(unfinished, "PNG", optimize=True)
        unfinished.replace(target)
    return target


def page_texts(settings: Settings, row: StoredFile) -> list[str]:
    """Return the text of every page, for those who cannot see the pictures."""
    with _turn, pypdfium2.PdfDocument(path_of(settings, row)) as document:
        return [page.get_textpage().get_text_range()[:TEXT_MOST].strip() for page in document]
