"""The words of the pages stand in the catalogue: whoever translates finds all of them."""

import re
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from jinja2 import Environment

from tests.architecture.sources import ROOT

CATALOGUE = ROOT / "platform" / "tiejun" / "translations" / "messages.pot"
METHODS = [
    ("platform/tiejun/**.py", "python"),
    ("question_bank/**.py", "python"),
    ("templates/**.html", "jinja2"),
]
KEYWORDS = {"_": None, "_l": None, "said": None, "gettext": None, "ngettext": (1, 2)}
CHINESE = re.compile(r"[\u4e00-\u9fff]+")
# The names of languages are written in the language itself.
OWN_NAMES = {"中文"}


def test_every_string_of_the_code_is_in_the_catalogue_and_no_other() -> None:
    found = {
        message if isinstance(message, str) else message[0]
        for _file, _line, message, _comments, _context in extract_from_dir(ROOT, METHODS, keywords=KEYWORDS)
    }
    with CATALOGUE.open("rb") as file:
        listed = {
            message.id if isinstance(message.id, str) else message.id[0]
            for message in read_po(file)
            if message.id
        }

    assert sorted(found ^ listed) == [], "run `make strings`"


def test_no_template_says_something_outside_the_catalogue() -> None:
    said = [
        f"{path.relative_to(ROOT)}:{line}: {words}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        if "dev" not in path.parts
        for line, words in _bare_words(path)
    ]

    assert said == []


def _bare_words(path: Path) -> list[tuple[int, str]]:
    tokens = Environment(autoescape=True).lex(path.read_text(encoding="utf-8"))
    return [
        (line, words)
        for line, kind, text in tokens
        if kind == "data"
        for words in CHINESE.findall(text)
        if words not in OWN_NAMES
    ]
