"""The application as it is deployed answers, and the browser of the tests sees it."""

from tests.support.axe import violations
from tests.support.browser import DESKTOP, PHONE


def test_the_served_application_answers_in_a_browser_and_again_after_its_worker_was_killed(live_server, page):
    page.goto(f"{live_server.url}/sign-in")
    assert page.locator("form").count() == 1

    live_server.kill_worker()
    live_server.wait_until_ready()

    page.reload()
    assert page.locator("form").count() == 1


def test_the_first_page_is_accessible_at_the_desktop_and_on_a_phone(live_server, contexts):
    for size in (DESKTOP, PHONE):
        page = contexts.new(viewport=size).new_page()
        page.goto(f"{live_server.url}/sign-in")

        assert violations(page) == []


def test_a_page_that_asks_another_machine_is_noticed(contexts):
    page = contexts.new().new_page()

    page.evaluate("fetch('https://elsewhere.invalid/').catch(() => null)")

    assert contexts.strayed == ["https://elsewhere.invalid/"]
    contexts.strayed.clear()


def test_a_page_with_something_inline_is_noticed(contexts, live_server):
    page = contexts.new().new_page()
    page.goto(f"{live_server.url}/sign-in")
    assert contexts.refused == []

    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">x</p>')")
    page.evaluate("fetch('https://elsewhere.invalid/').catch(() => null)")

    assert len(contexts.refused) >= 2
    contexts.refused.clear()
