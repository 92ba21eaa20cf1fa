"""The fonts that prints may use: an ordered list of families, and what their faces can draw.

Without a Chinese font typst draws empty boxes and says nothing, so the families are looked for before the
first print and every character of a paper is looked up before it is printed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import typst

from question_bank.words import said
from tiejun.errors import Unavailable
from tiejun.prints.cmap import Coverage, UnreadableFont, read_coverage

# The same lists as in typ/lib.typ, best first. npm and Debian name the same typeface differently.
SANS = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "PingFang SC",
    "Microsoft YaHei",
    "SimHei",
    "WenQuanYi Zen Hei",
)
SERIF = (
    "Noto Serif CJK SC",
    "Noto Serif SC",
    "Source Han Serif SC",
    "Source Han Serif CN",
    "Songti SC",
    "STSong",
    "SimSun",
    *SANS,
)


class NoChineseFont(Unavailable):
    """No family of the list is installed: nothing can be printed until one is."""

    code = "no_chinese_font"


@dataclass(frozen=True)
class FontShelf:
    """The system's fonts, unless `system` is off, and those of one folder of our own."""

    folder: Path | None = None
    system: bool = True

    @cached_property
    def fonts(self) -> typst.Fonts:
        """All fonts that typst can see."""
        own = [self.folder] if self.folder is not None and self.folder.is_dir() else []
        return typst.Fonts(include_system_fonts=self.system, font_paths=own)

    @cached_property
    def families(self) -> tuple[str, ...]:
        """The listed families that are installed, best first; empty if there is none."""
        installed = set(self.fonts.families())
        return tuple(family for family in SERIF if family in installed)

    def require(self) -> None:
        """Make sure that there is a Chinese font.

        Raises:
            NoChineseFont: naming a package that brings one.
        """
        if not self.families:
            raise NoChineseFont(
                said("系统没有可用的中文字体，无法生成文件。请安装 fonts-noto-cjk 等中文字体后重试。")
            )

    def missing(self, text: str) -> str:
        """Return the characters of `text` that no face can draw, once each, in order."""
        blank = {" ", "\n", "\u3000"}
        return "".join(dict.fromkeys(c for c in text if c not in blank and not self._has(c)))

    def _has(self, character: str) -> bool:
        return any(character in coverage for coverage in self._coverages)

    @cached_property
    def _coverages(self) -> tuple[Coverage, ...]:
        return tuple(self._read(face) for face in self._faces())

    def _faces(self) -> Iterable[typst.FontInfo]:
        # One face of each family is enough: bold and regular have the same characters.
        seen: dict[str, typst.FontInfo] = {}
        for face in self.fonts.fonts():
            if face.family in self.families and face.path is not None:
                known = seen.get(face.family)
                if known is None or abs(face.weight - 400) < abs(known.weight - 400):
                    seen[face.family] = face
        return (seen[family] for family in self.families if family in seen)

    @staticmethod
    def _read(face: typst.FontInfo) -> Coverage:
        try:
            return read_coverage(Path(str(face.path)), face.index)
        except UnreadableFont:
            return Coverage((), ())
