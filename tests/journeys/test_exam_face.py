"""The exam page at the sizes people have: nothing overflows, and axe finds nothing against WCAG 2.2 AA."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.exam_room import Plan
from tests.journeys.test_exam_sitting import pick, saved
from tests.support.axe import RULES, RUN, settled
from tests.support.server import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
SCRIPTS = sorted((ROOT / "platform" / "tiejun" / "static" / "js" / "exam").glob("*.js"))
SIZES = {"desktop": (1366, 768), "wide": (1920, 1080), "phone": (360, 800), "zoomed": (683, 384)}
# What came after ES2017, as far as a pattern can tell it from what was there before.
NEWER = {
    "optional chaining": r"\?\.[A-Za-z_(\[]",
    "nullish coalescing": r"\?\?",
    "logical assignment": r"(\|\||&&)=",
    "private member": r"(this|\bself)\.#|^\s*#[a-z]",
    "catch without a name": r"catch\s*\{",
    "object spread": r"[{,]\s*\.\.\.[A-Za-z_.]+\s*[,}]",
    "asynchronous iteration": r"for await|async \*",
    "dynamic import": r"\bimport\(",
    "newer method": r"\.(finally|flat|flatMap|replaceAll|matchAll|at|fromEntries|allSettled)\(|BigInt",
}


def faults(page: Page) -> list[str]:
    """Return what axe finds, as sentences."""
    settled(page)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(RUN, RULES)
    return found


def overflow(page: Page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed")
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_view_of_the_exam_is_accessible_at_every_size(exam_room, contexts, theme):
    room = exam_room()
    context = contexts.new(color_scheme=theme)
    page = room.sit_down(context)
    pick(page, "正确")
    saved(page, 1)
    context.set_offline(True)
    for slot in (10, 14):
        page.locator(f"button[data-go='{slot}']").click()
        assert faults(page) == []
    page.locator("button[data-go='12']").click()
    page.locator(".tj-opt").nth(1).click()
    for width, height in SIZES.values():
        page.set_viewport_size({"width": width, "height": height})
        assert overflow(page) <= 0
        assert faults(page) == []
    page.set_viewport_size({"width": 1366, "height": 768})
    page.locator("#hand-in").click()
    assert faults(page) == []
    page.locator("#hand-in-on").click()
    page.locator("#hand-in-sure").click()
    assert faults(page) == []
    context.set_offline(False)
    expect(page.locator("#receipt-title")).to_be_visible(timeout=15_000)
    assert faults(page) == []


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed")
def test_the_pages_around_the_exam_are_accessible(exam_room, contexts):
    room = exam_room(Plan(starts_in=timedelta(minutes=10)))
    page = contexts.new().new_page()
    room.sign_in(page, "/my/exams")
    expect(page.get_by_role("link", name="进入候考")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("link", name="进入候考").click()
    expect(page.locator("#check-connection")).to_have_class(re.compile("tj-ok"))
    assert faults(page) == []
    page.set_viewport_size({"width": 360, "height": 800})
    assert overflow(page) <= 0
    assert faults(page) == []
    room.end_sessions()
    page.reload()
    assert faults(page) == []


def test_what_is_touched_on_a_phone_is_large_enough(exam_room, contexts):
    room = exam_room()
    page = room.sit_down(contexts.new(viewport={"width": 360, "height": 800}, has_touch=True))
    small = """[...document.querySelectorAll('button, a, .tj-opt')]
        .filter((one) => one.offsetParent && !one.classList.contains('tj-skip'))
        .map((one) => [one.textContent.trim(), one.getBoundingClientRect()])
        .filter(([, box]) => box.height < 43.5 || box.width < 43.5).map(([words]) => words)"""

    assert page.evaluate(small) == []
    page.locator("#open-card").tap()
    assert page.evaluate(small) == []


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_the_exam_client_runs_in_browsers_of_2017(script: Path):
    text = re.sub(r"/\*.*?\*/|(?<!:)//[^\n]*", "", script.read_text(encoding="utf-8"), flags=re.DOTALL)

    assert {what for what, pattern in NEWER.items() if re.search(pattern, text, re.MULTILINE)} == set()
