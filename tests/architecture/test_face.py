"""Pages and stylesheets run in browsers five years old and under a strict content-security policy."""

import re
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, STATIC, templates

NEW_CSS = ("oklch(", "light-dark(", "color-mix(", ":has(")
INLINE = {
    "an inline style": re.compile(r"\sstyle\s*="),
    "a style element": re.compile(r"<style[\s>]"),
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)[^>]*>"),
    "an event attribute": re.compile(r"\son(click|change|submit|load|input|focus|blur|key\w+|mouse\w+)\s*="),
    "a javascript address": re.compile(r"javascript:"),
}
DATA_BLOCK = re.compile(r'<script[^>]*type="application/json"[^>]*>')
ICON_CALL = re.compile(r"""\bicon(?:_svg)?\(\s*["']([a-z0-9-]+)["']""")
OTHER_HOST = re.compile(r"""(?:src|href|action|data|poster)\s*=\s*["'](?:https?:)?//""")
ADDRESS_IN_CSS = re.compile(r"""url\(\s*["']?(?:https?:)?//|@import""")

# What ES2018 and later brought, as far as a pattern can tell it from older code.
NEW_SCRIPT = {
    "optional chaining": re.compile(r"\?\.[A-Za-z_$\[(]"),
    "??": re.compile(r"\?\?"),
    "object spread or rest": re.compile(r"[{,]\s*\.\.\.[^)\]]*\}"),
    "catch without a name": re.compile(r"\bcatch\s*\{"),
    "a private field": re.compile(r"(?:this|self)\.#"),
    "a later method": re.compile(
        r"\.(?:at|flat|flatMap|matchAll|replaceAll|fromEntries|allSettled|any|finally)\("
    ),
    "for await": re.compile(r"\bfor\s+await\b"),
    "globalThis": re.compile(r"\bglobalThis\b"),
    "structuredClone": re.compile(r"\bstructuredClone\("),
}
SCRIPT_TEXT = re.compile(r"""/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""", re.DOTALL)


def _named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("stylesheet", sorted(STATIC.rglob("*.css")), ids=_named)
def test_a_stylesheet_uses_nothing_that_a_five_year_old_browser_lacks(stylesheet: Path):
    text = re.sub(r"/\*.*?\*/", "", stylesheet.read_text(encoding="utf-8"), flags=re.DOTALL)

    assert [feature for feature in NEW_CSS if feature in text] == []
    assert ADDRESS_IN_CSS.findall(text) == []


@pytest.mark.parametrize("script", sorted((STATIC / "js").rglob("*.js")), ids=_named)
def test_a_script_stays_within_es2017(script: Path):
    text = SCRIPT_TEXT.sub('""', script.read_text(encoding="utf-8"))

    assert [what for what, pattern in NEW_SCRIPT.items() if pattern.search(text)] == []


@pytest.mark.parametrize("template", templates(), ids=_named)
def test_a_template_has_nothing_inline_and_asks_no_other_host(template: Path):
    text = DATA_BLOCK.sub("", re.sub(r"\{#.*?#\}", "", template.read_text(encoding="utf-8"), flags=re.DOTALL))

    assert [what for what, pattern in INLINE.items() if pattern.search(text)] == []
    assert OTHER_HOST.findall(text) == []


@pytest.mark.parametrize("template", templates(), ids=_named)
def test_every_form_that_posts_carries_a_csrf_token(template: Path):
    text = template.read_text(encoding="utf-8")
    forms = re.findall(r"<form\b[^>]*method=\"post\".*?</form>", text, flags=re.DOTALL | re.IGNORECASE)

    assert [form[:80] for form in forms if "csrf" not in form] == []


def test_every_icon_that_a_template_names_is_in_the_list():
    listed = set((STATIC / "icons.txt").read_text(encoding="utf-8").split())
    filled = {name.partition("/")[2] + "-filled" for name in listed if name.startswith("filled/")}
    used = {name for path in templates() for name in ICON_CALL.findall(path.read_text(encoding="utf-8"))}

    assert used - listed - filled == set()
