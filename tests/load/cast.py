"""Who does what on the day: who passes, fails, lies at the cut score, stays away, sits in the browser."""

import random
from dataclasses import dataclass
from decimal import Decimal

from tests.load.candidate import Candidate, Part
from tests.load.officers import Officer

# Objective points, tenths of the essays. The cut is 60 of 100, 82 of them by machine.
GOOD, BAD = (66, 76), (15, 35)
# 50 + 4 + 5 = 59 by the first marker; the second gives half a point more for each essay: 60, a pass.
LIFTED = 5
# 52 + 5 + 6 = 63 by the first; the second lies far apart, and the third decides: a fail.
DISPUTED = 6


@dataclass
class Cast:
    """The candidates of the day by what becomes of them."""

    at_clients: list[Candidate]
    in_browser: Candidate
    absent: Candidate
    passing: set[str]
    untrained: set[str]

    @property
    def everybody(self) -> list[Candidate]:
        """All who are registered."""
        return [*self.at_clients, self.in_browser, self.absent]

    @property
    def late(self) -> list[Candidate]:
        """Two who never hand in, the first with a good result, the second with a bad one."""
        open_end = [who for who in self.at_clients if not who.part.hands_in]
        good = next(who for who in open_end if who.name in self.passing)
        return [good, next(who for who in open_end if who.name not in self.passing)]

    @property
    def failing(self) -> list[Candidate]:
        """Those who sit and fail."""
        return [who for who in self.everybody if who is not self.absent and who.name not in self.passing]


def choose(due: list[Officer], logins: dict[str, tuple[str, str]], clients: int, rng: random.Random) -> Cast:
    """Give the parts of the day to officers who must sit this exam."""
    chosen = rng.sample(due, clients + 2)
    failing = max(3, clients // 6)
    parts = [Part(Decimal(50), LIFTED, passes=True), Part(Decimal(52), DISPUTED, passes=False)]
    parts += [_bad(rng) for _ in range(failing)]
    parts += [_good(rng) for _ in range(clients - len(parts))]
    for number, part in enumerate(parts):
        # Every fifth never hands in, and every third does nothing odd.
        part.hands_in = number % 5 != 3
        part.is_wild = number % 3 != 2
    people = [_candidate(officer, logins, part, rng) for officer, part in zip(chosen, parts, strict=False)]
    in_browser = _candidate(chosen[-2], logins, _good(rng), rng)
    absent = _candidate(chosen[-1], logins, Part(Decimal(0), 0, passes=False), rng)
    passing = {who.name for who in [*people, in_browser] if who.part.passes}
    untrained = {who.name for who in people[-(1 + clients // 20) :]}
    return Cast(people, in_browser, absent, passing, untrained)


def for_make_up(cast: Cast, rng: random.Random) -> list[Candidate]:
    """Return those who sit the make-up, with new parts: every other one passes this time."""
    people = [*cast.failing, cast.absent]
    for number, who in enumerate(people):
        who.part = _good(rng) if number % 2 == 0 else _bad(rng)
        who.part.hands_in, who.part.is_wild = number % 3 != 2, number % 2 == 0
        who.receipt = None
    return people


def _good(rng: random.Random) -> Part:
    return Part(Decimal(rng.randint(*GOOD)), 8, passes=True)


def _bad(rng: random.Random) -> Part:
    return Part(Decimal(rng.randint(*BAD)), 2, passes=False)


def _candidate(
    officer: Officer, logins: dict[str, tuple[str, str]], part: Part, rng: random.Random
) -> Candidate:
    login, password = logins[officer.name]
    return Candidate(officer.name, login, password, part, random.Random(rng.random()))


def points_of(marker: str, tenths: int, maximum: Decimal) -> Decimal:
    """Return what a marker gives for an essay whose text is worth so many tenths."""
    first = (maximum * tenths / 10 * 2).to_integral_value() / 2
    if marker == "marker2":
        return first - 3 if tenths == DISPUTED else first + Decimal("0.5")
    if marker == "marker3":
        return first - Decimal("2.5")
    return first
