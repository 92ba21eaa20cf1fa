"""Make the pictures of the README: the demo, served for real, seen with Chromium.

`make screenshots` writes docs/screenshots/*.png. The demo is laid anew in a folder of its own, so that the
pictures show the same story each time.
"""

import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.support import tools
from tests.support.browser import DESKTOP, PHONE, running_chromium
from tests.support.server import free_port
from tiejun.demo.people import PASSWORD

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "screenshots"
STARTS_WITHIN = 90.0


@dataclass(frozen=True)
class Shot:
    """One picture: who looks at which page, after doing what; `phone` names a second one of that size."""

    name: str
    login: str | None
    address: str
    act: Callable[[Page], None] = lambda page: None
    phone: str | None = None


def begin_exam(page: Page) -> None:
    """Enter the open sitting, answer the first questions and stop at a case."""
    page.wait_for_selector("#start:enabled, .tj-opt")
    if page.locator("#start").is_visible():
        page.click("#start")
    page.wait_for_selector(".tj-opt")
    for _ in range(4):
        page.keyboard.press("a")
        page.keyboard.press("ArrowRight")
    page.locator("nav button, nav a, .tj-q").filter(has_text="43").first.click()
    page.wait_for_timeout(1500)


def begin_marking(page: Page) -> None:
    """Go to the first answer that waits, and give two of its points."""
    for _ in range(2):
        first_link("a.tj-btn-primary")(page)
    page.keyboard.press("1")
    page.keyboard.press("2")


def pick_two(page: Page) -> None:
    """Tick two people of the make-up board."""
    boxes = page.locator("tbody input[name=case]")
    for number in range(min(2, boxes.count())):
        boxes.nth(number).check()


def first_link(selector: str) -> Callable[[Page], None]:
    """Follow the first link that fits."""

    def follow(page: Page) -> None:
        page.locator(selector).first.click()
        page.wait_for_load_state("networkidle")

    return follow


SHOTS = (
    Shot("sign-in", None, "/sign-in"),
    Shot("officer-home", "demo-officer", "/"),
    Shot("exam", "demo-officer", "/my/exams", first_link("a[href^='/sit/']"), "exam-phone"),
    Shot("invigilator", "demo-invigilator", "/", first_link("a[href$='/board']")),
    Shot("make-up-board", "demo-province", "/make-ups", pick_two),
    Shot("item", "demo-writer", "/items", first_link("tbody a[href^='/items/']")),
    Shot("certificates", "demo-province", "/certificates"),
    Shot("study", "demo-officer", "/study"),
    Shot("practice", "demo-officer", "/practice", phone="practice-phone"),
    Shot("case", "demo-officer", "/cases", first_link("main a[href^='/cases/']:not([href*='?'])")),
    Shot("overview", "demo-province", "/overview"),
    Shot("marking", "demo-marker", "/marking", begin_marking),
)


def main() -> int:
    """Take all pictures; return 1 when the machine has no Chromium."""
    executable = tools.chromium()
    if executable is None:
        print("screenshots: no Chromium on this machine", file=sys.stderr)
        return 1
    TARGET.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        _served(Path(folder)) as address,
        running_chromium(executable) as browser,
    ):
        for shot in SHOTS:
            _take(browser, address, shot)
            print(f"docs/screenshots/{shot.name}.png", *([f"{shot.phone}.png"] if shot.phone else []))
    return 0


def _take(browser: Browser, address: str, shot: Shot) -> None:
    context = browser.new_context(viewport=DESKTOP, locale="zh-CN", timezone_id="Asia/Shanghai")
    page = context.new_page()
    if shot.login is not None:
        page.goto(f"{address}/sign-in")
        page.fill("#login", shot.login)
        page.fill("#password", PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_url(f"{address}/")
    page.goto(address + shot.address)
    page.wait_for_load_state("networkidle")
    shot.act(page)
    if "/sit/" in page.url:
        begin_exam(page)
    page.screenshot(path=TARGET / f"{shot.name}.png")
    if shot.phone is not None:
        page.set_viewport_size(PHONE)
        page.wait_for_timeout(500)
        page.screenshot(path=TARGET / f"{shot.phone}.png")
    context.close()


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    environ = {name: value for name, value in os.environ.items() if not name.startswith("TIEJUN_")}
    environ["TIEJUN_DATA_DIR"] = str(folder / "demo")
    command = [sys.executable, "-m", "tiejun", "demo", "--port", str(port)]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=log, stderr=log)
        try:
            _wait(address)
            yield address
        finally:
            server.terminate()
            server.wait(30)


def _wait(address: str) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=2):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.3)
    raise TimeoutError("the demo did not start")


if __name__ == "__main__":
    sys.exit(main())
