"""Accessibility of a page, as axe-core sees it: WCAG 2.0 to 2.2, levels A and AA."""

from contextlib import suppress
from pathlib import Path

from playwright.sync_api import Error, Page

SCRIPT = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What axe finds in order is a hundred times as much: only the violations leave the browser.
RUN = """async (rules) => {
    const found = await axe.run({runOnly: {type: "tag", values: rules}, resultTypes: ["violations"]});
    const said = (one, node) => `${one.id}: ${one.help}: ${node.target}`;
    return found.violations.flatMap((one) => one.nodes.map((node) => said(one, node)));
}"""


def violations(page: Page) -> list[str]:
    """Return a line for each violation on the page as it stands: rule, what it is, where."""
    settled(page)
    # Evaluated, not added as an element: the page's content-security policy would rightly refuse that.
    page.evaluate(SCRIPT.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(RUN, RULES)
    return found


def settled(page: Page) -> None:
    """Return when the page that was asked for is there: between two pages stands an empty one."""
    for _ in range(100):
        page.wait_for_load_state()
        with suppress(Error):  # a page that goes away while it is asked is not the one
            if page.evaluate("Boolean(document.title && document.querySelector('h1'))"):
                return
        page.wait_for_timeout(50)
