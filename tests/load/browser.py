"""The candidate in Chromium: reloads, sits a minute without network, reloads again, hands in."""

import json
import random
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Request, expect

from question_bank.item import PartType
from tests.load.answers import ESSAY_WORDS, Paper, reach, right, wrong
from tests.load.candidate import Candidate
from tests.load.journal import Journal
from tests.support.browser import Contexts, running_chromium
from tiejun.bank.form_service import SlotKey
from tiejun.clock import Clock

PATIENCE = 60_000
LOCAL = "#card-sections .tj-local"


@dataclass
class BrowserSeat:
    """One candidate in a browser of his own, in a thread of its own; the day tells it when to go on."""

    who: Candidate
    url: str
    sitting: str
    paper: Paper
    cut_seconds: float
    chromium: Path
    clock: Clock
    signed_in: threading.Event = field(default_factory=threading.Event)
    opened: threading.Event = field(default_factory=threading.Event)
    journals: dict[str, Journal] = field(default_factory=dict)
    _finished: list[Request] = field(default_factory=list)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin: sign in, then wait for the exam."""
        self._thread = threading.Thread(target=self._run, name="chromium")
        self._thread.start()
        self.signed_in.wait(120)

    def finish(self) -> None:
        """Wait until the candidate has handed in."""
        if self._thread is not None:
            self._thread.join(600)
            if self._thread.is_alive():
                self.who.faults.append("chromium: did not come to an end")
        self.who.journals.extend(self.journals.values())

    def _run(self) -> None:
        try:
            with running_chromium(self.chromium) as browser:
                contexts = Contexts(browser)
                self._sit(contexts)
                contexts.close()
                faults = [f"asked another machine: {address}" for address in contexts.strayed]
                faults += [f"broke its own policy: {words}" for words in contexts.refused]
                self.who.faults += [f"chromium: {fault}" for fault in faults]
        except Exception as error:
            self.who.faults.append(f"chromium: {error!r}")
        finally:
            self.signed_in.set()

    def _sit(self, contexts: Contexts) -> None:
        page = contexts.new().new_page()
        page.set_default_timeout(PATIENCE)
        page.on("request", self._sent)
        page.on("requestfinished", self._has_finished)
        self._sign_in(page)
        self.signed_in.set()
        self.opened.wait(300)
        page.goto(f"{self.url}/sit/{self.sitting}")
        page.locator("#start").click()
        expect(page.locator("#exam")).to_be_visible(timeout=PATIENCE)
        self._answer_with_a_cut(page)
        self._hand_in(page)

    def _sign_in(self, page: Page) -> None:
        page.goto(f"{self.url}/sign-in")
        page.locator("#login").fill(self.who.login)
        page.locator("#password").fill(self.who.password)
        page.locator("form button[type=submit]").first.click()
        fresh = f"Lv-{self.who.login[::-1]}-Tiejun9"
        page.locator("#old").fill(self.who.password)
        page.locator("#new").fill(fresh)
        page.locator("#again").fill(fresh)
        page.locator("main form button[type=submit], .tj-panel form button[type=submit]").first.click()
        page.wait_for_url(f"{self.url}/")
        self.who.password = fresh

    def _answer_with_a_cut(self, page: Page) -> None:
        good = reach(self.paper.objective, self.who.part.objective, self.who.rng)
        todo = list(self.paper.keys)
        third = len(todo) // 3
        written: dict[int, Any] = {}
        for key in todo[:third]:
            written[key.slot] = self._answer(page, key, good)
        self._all_saved(page)
        page.reload()
        self._shows(page, written)
        page.context.set_offline(True)
        for key in todo[third : 2 * third]:
            written[key.slot] = self._answer(page, key, good)
        expect(page.locator(LOCAL).first).to_be_visible()
        page.wait_for_timeout(1000 * self.cut_seconds)
        waiting = page.locator(LOCAL).count()
        if waiting != third:
            self.who.faults.append(f"chromium: {waiting} of {third} answers marked as kept on this computer")
        page.context.set_offline(False)
        self._all_saved(page)
        page.reload()
        self._shows(page, written)
        for key in todo[2 * third :]:
            written[key.slot] = self._answer(page, key, good)
        self._all_saved(page)
        page.reload()
        self._shows(page, written)

    def _answer(self, page: Page, key: SlotKey, good: set[int]) -> Any:
        slot, kind = key.slot, key.part.type
        page.locator(f'#card-sections [data-go="{slot}"]').click()
        expect(page.locator(f"#q-{slot}")).to_be_visible()
        if kind is PartType.ESSAY:
            text = ESSAY_WORDS.format(tenths=self.who.part.tenths) + "在浏览器中作答。"
            page.locator(f"#essay-{slot}").fill(text)
            return text
        value = right(key) if slot in good else wrong(key, random.Random(slot))
        if kind is PartType.FILL_IN:
            for number, text in enumerate(value, start=1):
                page.locator(f"#blank-{slot}-{number}").fill(text)
            return value
        for one in value if isinstance(value, list) else [value]:
            spoken = str(one).lower() if isinstance(one, bool) else one
            page.locator(f'#question-body label:has(input[value="{spoken}"])').click()
        self._note_replies()
        return value

    def _all_saved(self, page: Page) -> None:
        # The last text field is left, so that it is sent at once.
        page.locator("#card").focus()
        expect(page.locator(LOCAL)).to_have_count(0, timeout=2 * PATIENCE)
        page.wait_for_timeout(300)
        self._note_replies()
        open_numbers = [entry.seq for journal in self.journals.values() for entry in journal.waiting]
        if open_numbers:
            self.who.faults.append(f"chromium: shown as saved, but not acknowledged: {open_numbers}")

    def _shows(self, page: Page, written: dict[int, Any]) -> None:
        """Check that the page shows what was written, after a reload."""
        expect(page.locator("#exam")).to_be_visible(timeout=PATIENCE)
        saved = page.locator("#card-sections .tj-saved")
        expect(saved).to_have_count(len(written), timeout=PATIENCE)
        for key in self.paper.keys:
            if key.slot in written and key.slot % 4 == 0:
                page.locator(f'#card-sections [data-go="{key.slot}"]').click()
                expect(page.locator(f"#q-{key.slot}")).to_be_visible()
                shown = self._shown(page, key)
                if shown != written[key.slot]:
                    self.who.faults.append(f"chromium: question {key.slot} shows {shown!r} after a reload")

    def _shown(self, page: Page, key: SlotKey) -> Any:
        kind, body = key.part.type, page.locator("#question-body")
        if kind is PartType.ESSAY:
            return page.locator(f"#essay-{key.slot}").input_value()
        if kind is PartType.FILL_IN:
            return [field.input_value() for field in body.locator("input").all()]
        values = [str(one.get_attribute("value")) for one in body.locator("input:checked").all()]
        if kind is PartType.MULTIPLE:
            order = {value: at for at, value in enumerate(right(key))}
            return sorted(values, key=lambda value: order.get(value, 99))
        return values == ["true"] if kind is PartType.TRUE_FALSE else "".join(values)

    def _hand_in(self, page: Page) -> None:
        page.locator("#hand-in").click()
        page.locator("#hand-in-on").click()
        page.locator("#hand-in-sure").click()
        expect(page.locator("#receipt")).to_be_visible(timeout=PATIENCE)
        self._note_replies()
        self.who.receipt = {"shown": page.locator("#receipt-answered").inner_text()}

    def _sent(self, request: Request) -> None:
        if request.method == "PUT" and request.url.endswith("/events"):
            told = _body(request)
            journal = self._journal(request, str(told["lease"]))
            for event in told["events"]:
                journal.saw(event["seq"], event["slot"], event["value"])

    def _has_finished(self, request: Request) -> None:
        self._finished.append(request)

    def _journal(self, request: Request, lease: str) -> Journal:
        return self.journals.setdefault(lease, Journal(self.sitting, request.url.split("/")[-2], lease))

    def _note_replies(self) -> None:
        while self._finished:
            request = self._finished.pop(0)
            if not (request.method == "PUT" and request.url.endswith("/events")):
                continue
            response = request.response()
            if response is None or response.status != 200:
                continue
            told = response.json()
            journal = self._journal(request, str(_body(request)["lease"]))
            journal.acknowledge(told["stored"], told["late"], self.clock())


def _body(request: Request) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(request.post_data or "{}")
    return found
