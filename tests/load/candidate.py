"""One candidate at an API client: answers, sends in disorder, loses replies, retries, keeps a journal."""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.load.answers import Move, Paper, moves
from tests.load.journal import Entry, Journal
from tests.load.wire import Cut, Reply, Traffic, Wire, back_off

MOST_TRIES = 60
BATCH = 8


class Refused(Exception):
    """The server refused something that it should have taken."""


@dataclass
class Part:
    """What a candidate is to do in one sitting."""

    objective: Decimal
    tenths: int
    passes: bool
    hands_in: bool = True
    is_wild: bool = True


@dataclass
class Candidate:
    """Somebody registered, with an account whose password is his own by now."""

    name: str
    login: str
    password: str
    part: Part
    rng: random.Random
    journals: list[Journal] = field(default_factory=list)
    receipt: dict[str, Any] | None = None
    faults: list[str] = field(default_factory=list)


class Desk:
    """A candidate at work in one sitting."""

    def __init__(self, who: Candidate, port: int, traffic: Traffic, sitting: str) -> None:
        self.who = who
        self.rng = who.rng
        self.wire = Wire(port, traffic)
        self.traffic = traffic
        self.sitting = sitting
        self.device = f"client-{who.login}-{sitting[:8]}"
        self.ahead = timedelta()
        self.token = ""
        self.attempt_token = ""
        self.journal = Journal(sitting, "", "")
        self.opened: dict[str, Any] = {}

    def sign_in(self) -> None:
        """Get a bearer token."""
        asked = {"login": self.who.login, "password": self.who.password}
        self.token = str(self._until_taken("POST", "/api/v1/auth/token", asked, {}).json()["token"])

    def state(self) -> str:
        """Return what my list says of this sitting."""
        found = self._until_taken("GET", "/api/v1/me/sittings", None, self._bearer()).json()["sittings"]
        return next((str(one["state"]) for one in found if one["id"] == self.sitting), "not there")

    def try_to_open(self) -> Reply:
        """Ask for the paper once."""
        path = f"/api/v1/sittings/{self.sitting}/attempt"
        return self.wire.ask_json("POST", path, {"device": self.device}, self._bearer())

    def open(self) -> None:
        """Open the attempt, or resume it, and check that it stands where I left it."""
        path = f"/api/v1/sittings/{self.sitting}/attempt"
        opened = self._until_taken("POST", path, {"device": self.device}, self._bearer()).json()
        if not self.opened:
            self.journal = Journal(self.sitting, opened["attempt"], opened["lease"])
            self.who.journals.append(self.journal)
        self._expect(
            (opened["attempt"], opened["lease"]) == (self.journal.attempt, self.journal.lease),
            "the attempt came back with another lease",
        )
        highest = max((entry.seq for entry in self.journal.acked), default=0)
        self._expect(opened["last_seq"] >= highest, "an acknowledged number is gone after coming back")
        if not self.journal.waiting:
            shown = {int(slot): value for slot, value in opened["responses"].items()}
            self._expect(shown == self.journal.answers(), "the answers differ after coming back")
        self.opened, self.attempt_token = opened, opened["token"]
        self._sync(opened)

    def work(self, paper: Paper, seconds: float) -> None:
        """Answer everything within about `seconds`, sending as it comes; then wait until all is saved."""
        todo = moves(paper, self.who.part.objective, self.who.part.tenths, self.rng)
        began = time.monotonic()
        while todo or self.journal.waiting:
            share = min(1.0, (time.monotonic() - began) / seconds)
            self._write(todo, share)
            if self.journal.waiting:
                self._send()
            elif self.rng.random() < 0.1:
                self._put({"queued": len(self.journal.entries), "events": []})
            if self.who.part.is_wild and self.rng.random() < 0.03:
                self._misbehave()
            time.sleep(self.rng.uniform(0.0, 2.0 * seconds / 60))

    def _write(self, todo: list[Move], share: float) -> None:
        """Write what comes next; all in time, however slow the server was."""
        total = len(todo) + len(self.journal.entries)
        while todo and len(self.journal.entries) < share * total:
            self.journal.write(*todo.pop(0))

    def hand_in(self) -> None:
        """Hand in, twice: the receipt is the same."""
        body = {"lease": self.journal.lease, "last_seq": len(self.journal.entries)}
        path = f"/api/v1/attempts/{self.journal.attempt}/submit"
        first = self._until_taken("POST", path, body, self._seat()).json()
        again = self._until_taken("POST", path, body, self._seat()).json()
        self._expect(first == again, f"the receipt changed: {first} {again}")
        self._expect(first["last_seq"] == body["last_seq"], f"the receipt counts {first['last_seq']} events")
        self.who.receipt = first

    def send_all(self) -> None:
        """Send what waits, in one batch."""
        batch = self.journal.waiting
        for entry in batch:
            entry.sent += 1
        events = [self._event(entry) for entry in batch]
        self._put({"queued": len(self.journal.entries), "events": events})

    def _send(self) -> None:
        """Send a random part of what waits, in any order, sometimes with replays, sometimes twice."""
        waiting = self.journal.waiting
        batch = self.rng.sample(waiting, self.rng.randint(1, min(BATCH, len(waiting))))
        if self.who.part.is_wild and self.journal.acked and self.rng.random() < 0.2:
            batch.append(self.rng.choice(self.journal.acked))
            self.traffic.add("replays")
        self.rng.shuffle(batch)
        body = {"queued": len(self.journal.entries), "events": [self._event(entry) for entry in batch]}
        for entry in batch:
            entry.sent += 1
        if self.who.part.is_wild and self.rng.random() < 0.04:
            self.wire.throw("PUT", self._path(), {"lease": self.journal.lease, **body}, self._seat())
            return
        began = time.monotonic()
        stored = self._put(body)
        self.traffic.saved_after(time.monotonic() - began)
        sent = {entry.seq for entry in batch}
        self._expect(sent == set(stored), f"sent {sorted(sent)}, stored {sorted(stored)}")
        if self.who.part.is_wild and self.rng.random() < 0.08:
            self.traffic.add("batches sent twice")
            self._expect(set(self._put(body)) == sent, "a batch sent twice was stored otherwise")

    def _put(self, body: dict[str, Any]) -> list[int]:
        full = {"lease": self.journal.lease, **body}
        told = self._until_taken("PUT", self._path(), full, self._seat()).json()
        self._sync(told)
        self.journal.acknowledge(told["stored"], told["late"], self._now())
        entries = self.journal.entries
        known = all(seq in entries and entries[seq].sent for seq in range(1, told["acked_seq"] + 1))
        self._expect(known, f"numbers up to {told['acked_seq']} acknowledged that were never sent")
        return list(told["stored"])

    def _misbehave(self) -> None:
        """Do one thing that must be refused, or go away and come back."""
        act: Callable[[], None] = self.rng.choice(
            (self._reuse_number, self._unknown_slot, self._bad_value, self._reload)
        )
        act()

    def _reuse_number(self) -> None:
        if self.journal.acked:
            entry = self.rng.choice(self.journal.acked)
            other = {**self._event(entry), "value": None if entry.value is not None else True}
            self._must_refuse([other], ("seq_conflict", "bad_value"))

    def _unknown_slot(self) -> None:
        event = {"seq": len(self.journal.entries) + 1, "slot": 999, "value": True, "at_ms": self._at_ms()}
        self._must_refuse([event], ("unknown_slot",))

    def _bad_value(self) -> None:
        event = {"seq": len(self.journal.entries) + 1, "slot": 1, "value": {"a": 1}, "at_ms": self._at_ms()}
        self._must_refuse([event], ("bad_value",))

    def _must_refuse(self, events: list[dict[str, Any]], codes: tuple[str, ...]) -> None:
        # What is refused was never given out: the number stays free for the next answer.
        body = {"lease": self.journal.lease, "queued": len(self.journal.entries), "events": events}
        try:
            reply = self.wire.ask_json("PUT", self._path(), body, self._seat())
        except Cut:
            return
        if reply.status in (429, 503):
            return
        self.traffic.add("wrong calls refused")
        self._expect(reply.code in codes, f"{events} got {reply.status} {reply.code}, not {codes}")

    def _reload(self) -> None:
        self.wire.close()
        self.traffic.add("clients started anew")
        self.open()

    def _until_taken(self, method: str, path: str, body: object, headers: dict[str, str]) -> Reply:
        """Send until the server answers with success; what passes by itself is tried again.

        Raises:
            Refused: on a refusal, or when it never worked.
        """
        failures = 0
        while failures < MOST_TRIES:
            try:
                reply = self.wire.ask_json(method, path, body, headers)
            except Cut:
                failures += 1
                self.traffic.add("retries")
                back_off(failures)
                continue
            if reply.status == 200:
                return reply
            if reply.status not in (429, 502, 503):
                raise Refused(f"{self.who.login} {method} {path}: {reply.status} {reply.text[:400]}")
            failures += 1
            self.traffic.add("retries")
            time.sleep(min(5.0, float(reply.headers.get("Retry-After") or 1)))
        raise Refused(f"{self.who.login} {method} {path}: never taken")

    def _event(self, entry: Entry) -> dict[str, Any]:
        return {"seq": entry.seq, "slot": entry.slot, "value": entry.value, "at_ms": self._at_ms()}

    def _sync(self, told: dict[str, Any]) -> None:
        self.ahead = datetime.fromisoformat(told["server_now"]) - datetime.now(UTC)

    def _now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def _at_ms(self) -> float:
        return round(self._now().timestamp() * 1000)

    def _path(self) -> str:
        return f"/api/v1/attempts/{self.journal.attempt}/events"

    def _bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def _seat(self) -> dict[str, str]:
        return {"Authorization": f"Attempt {self.attempt_token}"}

    def _expect(self, holds: bool, otherwise: str) -> None:
        if not holds:
            self.who.faults.append(f"{self.who.login}: {otherwise}")


def side_by_side(acts: list[tuple[Candidate, Callable[[], None]]]) -> None:
    """Run every candidate's act in a thread of his own; what goes wrong is noted with him."""

    def run(who: Candidate, act: Callable[[], None]) -> None:
        try:
            act()
        except Exception as error:
            who.faults.append(f"{who.login}: {error!r}")

    threads = [threading.Thread(target=run, args=pair, name=pair[0].login) for pair in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
