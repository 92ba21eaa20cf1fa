"""Images that items show: looked at, made small, kept with the items, handed out by permission.

An image is known by the SHA-256 of the file that was handed in, so that the same file always means the
same item; what is kept is drawn anew from its pixels, and nothing else of the file.
"""

import base64
import hashlib
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from PIL import Image, UnidentifiedImageError
from sqlalchemy import Text, cast, or_, select
from sqlalchemy.orm import Session

from question_bank.assembly.form import item_images
from question_bank.item import Item as ItemText
from question_bank.words import said
from tiejun.audit import Actor
from tiejun.bank.models import Item, ItemImage, ItemKey, ItemVersion
from tiejun.bank.secrecy import Sight
from tiejun.errors import DomainError, NotFound, Problem

MAX_PIXELS = 25_000_000
MAX_SIDE = 1000
"""Wider than the question's column on any screen we serve."""
MAX_BYTES = 200 * 1024
"""Every candidate's paper carries its images: 500 people at once on a county's line."""
MAX_IMAGES = 10
FORMATS = ("PNG", "JPEG", "GIF")
MEDIA_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg"}
CHUNK = 500


@dataclass(frozen=True)
class Prepared:
    """An image ready to be kept."""

    sha256: str
    name: str
    media_type: str
    data: bytes
    width: int
    height: int

    @property
    def address(self) -> str:
        """Return the image as an address that holds it."""
        return data_address(self.media_type, self.data)


class BadImage(DomainError):
    """The file is no image that we keep."""

    code = "bad_image"


def data_address(media_type: str, data: bytes) -> str:
    """Return a `data:` address; it holds letters, digits, `+`, `/`, `=` only and needs no escaping."""
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"


def prepare(content: bytes, name: str) -> Prepared:
    """Return an image drawn anew: PNG or JPEG, at most `MAX_SIDE` pixels a side and `MAX_BYTES` large.

    Raises:
        BadImage: if the content is no PNG, JPEG or GIF, is damaged, has too many pixels, or does not get
            small enough.
    """
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise BadImage(said("图片“%(name)s”的像素过多", name=name))
            is_photo = image.format == "JPEG"
            image.load()
            drawn = image.convert("RGB" if is_photo else "RGBA")
    except (UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise BadImage(said("“%(name)s”不是 PNG、JPEG 或 GIF 图片", name=name)) from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise BadImage(said("图片“%(name)s”已损坏", name=name)) from error
    for side in (MAX_SIDE, 800, 600):
        drawn.thumbnail((side, side))
        for kind in ("JPEG",) if is_photo else ("PNG", "JPEG"):
            data = _encoded(drawn, kind)
            if len(data) <= MAX_BYTES:
                digest = hashlib.sha256(content).hexdigest()
                return Prepared(digest, name[:200], MEDIA_TYPES[kind], data, drawn.width, drawn.height)
    raise BadImage(said("图片“%(name)s”缩小后仍超过 %(most)s KB", name=name, most=MAX_BYTES // 1024))


def is_smaller(image: Prepared, content: bytes | None) -> bool:
    """Return whether an image was made smaller than its file, so that places in it moved."""
    if content is None:
        return False
    with Image.open(io.BytesIO(content), formats=FORMATS) as handed_in:
        return handed_in.size != (image.width, image.height)


def _encoded(image: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    if kind == "PNG":
        image.save(out, "PNG", optimize=True)
    else:
        paper = Image.new("RGB", image.size, "white")
        paper.paste(image, mask=image.getchannel("A") if image.mode == "RGBA" else None)
        paper.save(out, "JPEG", quality=85, optimize=True)
    return out.getvalue()


class ImageCheck:
    """Says which items show images that neither the bank nor the file has: made once, asked for each."""

    def __init__(self, db: Session, items: Iterable[ItemText], brought: Iterable[str] = ()) -> None:
        wanted = {digest for item in items for digest in item_images(item)}
        self._known = set(brought) | known(db, wanted)

    def __call__(self, where: str, item: ItemText) -> list[Problem]:
        """Return what is wrong with the images of one item."""
        shown = item_images(item)
        problems = [
            Problem(where, said("图片"), said("题库中没有图片 %(digest)s", digest=digest[:12]))
            for digest in shown
            if digest not in self._known
        ]
        if len(shown) > MAX_IMAGES:
            message = said("一题最多 %(most)s 幅图片，这里有 %(n)s 幅", most=MAX_IMAGES, n=len(shown))
            problems.append(Problem(where, said("图片"), message))
        return problems


def known(db: Session, digests: Iterable[str]) -> set[str]:
    """Return which of the images the bank has."""
    wanted = sorted(digests)
    found: set[str] = set()
    for start in range(0, len(wanted), CHUNK):
        portion = wanted[start : start + CHUNK]
        found |= set(db.scalars(select(ItemImage.sha256).where(ItemImage.sha256.in_(portion))))
    return found


def keep(db: Session, images: Mapping[str, Prepared], actor: Actor, now: datetime) -> None:
    """Add images that the bank does not have yet, in the transaction of the items that show them."""
    there = known(db, images)
    db.add_all(
        ItemImage(**vars(image), created_by=actor.name, created_at=now)
        for digest, image in sorted(images.items())
        if digest not in there
    )
    db.flush()


def get_image(db: Session, sight: Sight, digest: str) -> ItemImage:
    """Return an image.

    Raises:
        NotFound: if the bank has none with this digest, or none in an item that this person may see.
    """
    image = db.get(ItemImage, digest)
    if image is None or not (sight.is_full or _is_shown(db, sight, digest)):
        raise NotFound(said("题库中没有这幅图片。"))
    return image


def _is_shown(db: Session, sight: Sight, digest: str) -> bool:
    """Return whether any version of an item that this person may see shows the image, its rationale too."""
    texts = (cast(ItemVersion.content, Text), cast(ItemKey.key, Text))
    shown = (
        select(ItemVersion.id)
        .join(Item, Item.id == ItemVersion.item_id)
        .join(ItemKey, ItemKey.version_id == ItemVersion.id)
        .where(sight.condition(), or_(*(text.contains(digest, autoescape=True) for text in texts)))
    )
    return db.scalar(shown.limit(1)) is not None


def rows(db: Session, items: Iterable[ItemText]) -> list[ItemImage]:
    """Return the images that items show."""
    wanted = sorted({digest for item in items for digest in item_images(item)})
    portions = (wanted[start : start + CHUNK] for start in range(0, len(wanted), CHUNK))
    return [
        row
        for portion in portions
        for row in db.scalars(select(ItemImage).where(ItemImage.sha256.in_(portion)))
    ]


@dataclass(frozen=True)
class Shown:
    """An image on a page: an address that holds it, and its size in pixels."""

    address: str
    width: int
    height: int


def pictures(db: Session, items: Iterable[ItemText]) -> dict[str, Shown]:
    """Return the images of items by digest, for a page whose reader may not ask the bank for them."""
    return {row.sha256: _shown(row) for row in rows(db, items)}


def pictures_of_draft(db: Session, digests: Iterable[str]) -> dict[str, Shown]:
    """Return images by digest: those of an item that is being written, which no item shows yet."""
    query = select(ItemImage).where(ItemImage.sha256.in_(sorted(digests)))
    return {row.sha256: _shown(row) for row in db.scalars(query)}


def _shown(row: ItemImage) -> Shown:
    return Shown(data_address(row.media_type, row.data), row.width, row.height)


def addresses(db: Session, items: Iterable[ItemText]) -> dict[str, str]:
    """Return the images of items as addresses that hold them, for a paper that is complete in itself."""
    return {row.sha256: data_address(row.media_type, row.data) for row in rows(db, items)}
