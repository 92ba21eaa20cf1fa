"""The dashboard in Chromium: charts are drawn from their tables, in both themes, on a phone, on paper."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import served_settings
from tests.exams.admin.factories import DAY
from tests.reports.factories import Country, a_country
from tests.support.axe import violations
from tests.support.browser import PHONE, Contexts
from tests.support.clock import ManualClock
from tests.support.databases import SqliteDatabases
from tests.support.server import Server
from tests.support.world import PASSWORD
from tiejun.db import Database
from tiejun.exams.result_models import Verdict
from tiejun.settings import Settings

SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
DRAWN = ".tj-chart-draw svg"
ADDRESS = "/overview?year=2026"


@pytest.fixture(scope="module")
def served(sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve a province in which everything has happened once."""
    folder = tmp_path_factory.mktemp("charts")
    environment = served_settings(folder / "served")
    url = sqlite_databases.copy_to(folder / "served" / "tiejun.db")
    database = Database(url)
    _live(a_country(database, Settings.from_env(environment), ManualClock()))
    database.dispose()
    server = Server(folder, environment, url)
    server.start()
    yield server
    server.stop()


def _live(country: Country) -> None:
    people = country.room.officers()
    country.certify(*list(country.room.world.people.values())[:2])
    outcomes = (Verdict.PASS, Verdict.PASS, Verdict.FAIL, Verdict.ABSENT)
    country.held(dict(zip(people, outcomes, strict=True)), 2 * DAY)
    country.make_up({people[2]: Verdict.PASS}, form=1)


def opened(contexts: Contexts, served: Server, **options: object) -> Page:
    page = contexts.new(**options).new_page()
    page.goto(f"{served.url}/sign-in")
    page.locator("#login").fill("province_admin")
    page.locator("#password").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_url(f"{served.url}/")
    page.goto(served.url + ADDRESS)
    return page


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_charts_are_drawn_and_the_page_is_accessible(served, contexts, theme):
    page = opened(contexts, served, color_scheme=theme)

    expect(page.locator("[data-tj-chart]")).to_have_count(6)
    expect(page.locator(DRAWN)).to_have_count(6)
    assert page.locator("html").get_attribute("data-bs-theme") == theme
    assert violations(page) == []
    assert page.evaluate(SIDEWAYS) <= 0

    page.set_viewport_size(PHONE)
    assert page.evaluate(SIDEWAYS) <= 0
    assert violations(page) == []


def test_a_chart_says_what_its_table_says_and_the_table_opens(served, contexts):
    page = opened(contexts, served)
    figure = page.locator("#rates .tj-chart")

    expect(figure.locator(".tj-chart-draw svg")).to_contain_text("66.7%*")
    expect(figure.locator("table")).to_be_hidden()
    button = figure.get_by_role("button", name="显示数据表")
    button.click()
    expect(figure.locator("table")).to_be_visible()
    assert figure.get_by_role("button", name="收起数据表").get_attribute("aria-expanded") == "true"
    row = figure.locator("tr", has_text="4 季度")
    assert row.locator("td").all_inner_texts()[:5] == ["4", "1", "3", "2", "66.7%*"]
    assert violations(page) == []


def test_on_paper_and_without_javascript_every_table_is_there(served, contexts):
    page = opened(contexts, served)
    page.emulate_media(media="print")
    assert all(table.is_visible() for table in page.locator(".tj-chart table").all())

    plain = opened(contexts, served, java_script_enabled=False)
    assert all(table.is_visible() for table in plain.locator(".tj-chart table").all())
    assert plain.locator(DRAWN).count() == 0


def test_a_change_of_theme_redraws_in_its_colours(served, contexts):
    page = opened(contexts, served, color_scheme="light")
    # The tokens --c-accent of tokens.css, light and dark.
    expect(page.locator(f'#rates {DRAWN} [fill="#0b6b4f"]').first).to_be_attached()

    page.evaluate("document.documentElement.setAttribute('data-bs-theme', 'dark')")

    page.locator(f'#rates {DRAWN} [fill="#63c3a0"]').first.wait_for(state="attached")
