"""Who does what on the day: who passes, fails, lies at the cut score, stays away, sits in the browser."""

import random
from dataclasses import dataclass
from decimal import Decimal

from tests.load.candidate import Candidate, Part
from tests.load.officers import Officer

# Objective points, tenths of the essays. The cut is 60 of 100, 82 of them by machine.
GOOD = (66, 76)
BAD = (15, 35)
# 50 + 4 + 5 = 59 by the first marker; the second gives half a point more for each essay: 60, a pass.
LIFTED = Part(Decimal(50), 5)
# 52 + 5 + 6 = 63 by the first; the second lies far apart, and the third decides: a fail.
DISPUTED = Part(Decimal(52), 6)


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
    def failing(self) -> list[Candidate]:
        """Those who sit and fail."""
        return [who for who in self.everybody if who is not self.absent and who.name not in self.passing]


def choose(due: list[Officer], logins: dict[str, tuple[str, str]], clients: int, rng: random.Random) -> Cast:
    """Give the parts of the day to officers who must sit this exam."""
    chosen = rng.sample(due, clients + 2)
    failing = max(3, clients // 6)
    parts: list[tuple[Part, bool]] = [(LIFTED, True), (DISPUTED, False)]
    parts += [(_part(BAD, 2, rng), False) for _ in range(failing)]
    parts += [(_part(GOOD, 8, rng), True) for _ in range(clients - len(parts))]
    for number, (part, _) in enumerate(parts):
        # Every fifth never hands in, and every third does nothing odd.
        part.hands_in = number % 5 != 3
        part.is_wild = number % 3 != 2
    people = [_candidate(o, logins, part, rng) for o, (part, _) in zip(chosen, parts, strict=False)]
    passing = {who.name for who, (_, passes) in zip(people, parts, strict=True) if passes}
    in_browser = _candidate(chosen[-2], logins, Part(Decimal(70), 8), rng)
    absent = _candidate(chosen[-1], logins, Part(Decimal(0), 0), rng)
    untrained = {who.name for who in people[-(1 + clients // 20) :]}
    return Cast(people, in_browser, absent, passing | {in_browser.name}, untrained)


def for_make_up(cast: Cast, rng: random.Random) -> list[Candidate]:
    """Return those who sit the make-up, with new parts: every other one passes this time."""
    people = [*cast.failing, cast.absent]
    for number, who in enumerate(people):
        who.part = _part(GOOD, 8, rng) if number % 2 == 0 else _part(BAD, 2, rng)
        who.part.hands_in, who.part.is_wild = number % 3 != 2, number % 2 == 0
        who.receipt = None
    return people


def _part(objective: tuple[int, int], tenths: int, rng: random.Random) -> Part:
    return Part(Decimal(rng.randint(*objective)), tenths)


def _candidate(
    officer: Officer, logins: dict[str, tuple[str, str]], part: Part, rng: random.Random
) -> Candidate:
    login, password = logins[officer.name]
    return Candidate(officer.name, login, password, part, random.Random(rng.random()))


def points_of(marker: str, tenths: int, maximum: Decimal) -> Decimal:
    """Return what a marker gives for an essay whose text is worth so many tenths."""
    first = (maximum * tenths / 10 * 2).to_integral_value() / 2
    if marker == "marker2":
        return first - 3 if tenths == DISPUTED.tenths else first + Decimal("0.5")
    if marker == "marker3":
        return first - Decimal("2.5")
    return first
