"""The words of the pages stand in the catalogue: whoever translates finds all of them."""

import re
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from jinja2 import Environment

from tests.architecture.sources import ROOT

CATALOGUE = ROOT / "platform" / "tiejun" / "translations" / "messages.pot"
ENGLISH = CATALOGUE.parent / "en" / "LC_MESSAGES" / "messages.po"
METHODS = [
    ("platform/tiejun/**.py", "python"),
    ("question_bank/**.py", "python"),
    ("templates/**.html", "jinja2"),
]
KEYWORDS = {"_": None, "_l": None, "said": None, "gettext": None, "ngettext": (1, 2)}
CHINESE = re.compile(r"[\u4e00-\u9fff]+")
PLACEHOLDER = re.compile(r"%\(\w+\)s|%%|\{\w+\}")
# What is written so in the files that are read: columns and the words in their cells.
READ_FROM_FILES = {
    *(
        "题型",
        "题干",
        "答案",
        "正确",
        "错误",
        "易",
        "中",
        "难",
        "法规名称",
        "第",
        "条",
        "五年",
        "年",
        "二十万元",
        "分",
        "初级",
        "中级",
    ),
    *("主要负责人", "负责人", "一般", "正式编制", "非正式编制"),
}
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


def test_every_string_has_its_english() -> None:
    english = translations()
    lacking = [id_ for id_ in sorted(catalogue()) if not english.get(id_)]

    assert lacking == [], "write their English into translations/en/LC_MESSAGES/messages.po"


def test_the_english_catalogue_is_what_make_strings_leaves() -> None:
    with ENGLISH.open("rb") as file:
        found = read_po(file, locale="en")

    assert [message.id for message in found if message.fuzzy and message.id] == []
    assert list(found.obsolete) == []
    assert sorted(translations()) == sorted(catalogue())


def test_an_english_sentence_has_the_placeholders_of_the_chinese() -> None:
    changed = {
        chinese: english
        for chinese, english in translations().items()
        if set(PLACEHOLDER.findall(chinese)) != set(PLACEHOLDER.findall(english))
    }

    assert changed == {}


def test_no_chinese_is_left_in_the_english() -> None:
    left = {
        word
        for english in translations().values()
        for word in CHINESE.findall(english)
        if word not in READ_FROM_FILES
    }

    assert left == set()


def catalogue() -> set[str]:
    with CATALOGUE.open("rb") as file:
        return {str(message.id) for message in read_po(file) if message.id}


def translations() -> dict[str, str]:
    with ENGLISH.open("rb") as file:
        return {str(one.id): str(one.string) for one in read_po(file, locale="en") if one.id}


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
