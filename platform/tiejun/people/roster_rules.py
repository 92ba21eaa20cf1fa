"""What a row of the roster must say. Pure: no database, no clock."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from question_bank.words import said
from tiejun.errors import Problem
from tiejun.people.models import CardEventKind, Post
from tiejun.people.rules import email_fault, id_number_fault, normal_id_number
from tiejun.people.sheets import TableRow

NAME, ID_NUMBER, UNIT, POST, STAFFING, SINCE = "name", "id_number", "unit", "post", "staffing", "since"
MOBILE, LOGIN, CARD, FIRST_CARD, RENEWED, CARD_UNTIL, EMAIL = (
    "mobile",
    "login",
    "card_number",
    "first_card_on",
    "renewed_on",
    "card_until",
    "email",
)
HEADINGS = {
    "姓名": NAME,
    "证件号码": ID_NUMBER,
    "单位": UNIT,
    "职务": POST,
    "编制": STAFFING,
    "到岗日期": SINCE,
    "手机": MOBILE,
    "登录名": LOGIN,
    "执法证件编号": CARD,
    "首次领证日期": FIRST_CARD,
    "最近换领日期": RENEWED,
    "证件有效期至": CARD_UNTIL,
    "电子邮箱": EMAIL,
}
WORDS = {field: heading for heading, field in HEADINGS.items()}
REQUIRED = (NAME, ID_NUMBER, UNIT, POST, SINCE)
POSTS = {"主要负责人": Post.CHIEF, "负责人": Post.LEADER, "一般": Post.STAFF, "一般执法人员": Post.STAFF}
STAFFINGS = {"": True, "正式编制": True, "非正式编制": False}
EARLIEST = date(1950, 1, 1)
LONGEST_NAME = 15  # what fits on the certificate


@dataclass(frozen=True)
class CardEntry:
    """One event of a card named by the roster."""

    kind: CardEventKind
    happened_on: date
    card_number: str | None
    valid_until: date | None


@dataclass(frozen=True)
class RosterEntry:
    """One officer as the roster has them; `unit` is a unit's code or name."""

    where: str
    name: str
    id_number: str
    unit: str
    post: Post
    is_permanent_staff: bool
    since: date
    mobile: str | None
    login: str | None
    cards: tuple[CardEntry, ...]
    email: str | None = None


def read_entry(row: TableRow, today: date) -> RosterEntry | list[Problem]:
    """Return the officer of a row, or everything that is wrong with the row."""
    days, faults = _days(row)
    number, since = normal_id_number(row.text(ID_NUMBER)), days[SINCE]
    faults += [
        Problem(row.where, WORDS[field], said("不能为空")) for field in REQUIRED if not row.text(field)
    ]
    faults += [Problem(row.where, WORDS[field], message) for field, message in _wrong_words(row)]
    wrong = id_number_fault(number, today) if number else None
    if wrong:
        faults.append(Problem(row.where, WORDS[ID_NUMBER], wrong))
    if since is not None and not EARLIEST <= since <= today:
        faults.append(Problem(row.where, WORDS[SINCE], said("不能晚于今天，也不能早于1950年")))
    if faults or since is None:
        return faults
    return RosterEntry(
        where=row.where,
        name=row.text(NAME),
        id_number=number,
        unit=row.text(UNIT),
        post=POSTS[row.text(POST)],
        is_permanent_staff=STAFFINGS[row.text(STAFFING)],
        since=since,
        mobile=row.text(MOBILE) or None,
        login=row.text(LOGIN) or None,
        cards=_cards(row, days),
        email=row.text(EMAIL) or None,
    )


def _days(row: TableRow) -> tuple[dict[str, date | None], list[Problem]]:
    days, faults = dict[str, date | None](), []
    for field in (SINCE, FIRST_CARD, RENEWED, CARD_UNTIL):
        try:
            days[field] = row.day(field)
        except ValueError:
            days[field] = None
            message = said("“%(text)s”不是有效的日期，应如 2026-11-20", text=row.text(field))
            faults.append(Problem(row.where, WORDS[field], message))
    return days, faults


def _wrong_words(row: TableRow) -> Iterator[tuple[str, str]]:
    if len(row.text(NAME)) > LONGEST_NAME:
        yield NAME, said("不能超过%(longest_name)s个字", longest_name=LONGEST_NAME)
    if row.text(POST) and row.text(POST) not in POSTS:
        yield POST, said("“%(text)s”应为主要负责人、负责人、一般之一", text=row.text(POST))
    if row.text(STAFFING) not in STAFFINGS:
        yield STAFFING, said("“%(text)s”应为正式编制或非正式编制", text=row.text(STAFFING))
    if row.text(EMAIL) and (fault := email_fault(row.text(EMAIL))):
        yield EMAIL, fault


def _cards(row: TableRow, days: dict[str, date | None]) -> tuple[CardEntry, ...]:
    number, until = row.text(CARD) or None, days[CARD_UNTIL]
    first, renewed = days[FIRST_CARD], days[RENEWED]
    cards = []
    if first is not None:
        # The end of validity that the roster names is that of the newest card.
        cards.append(CardEntry(CardEventKind.FIRST_ISSUE, first, number, None if renewed else until))
    if renewed is not None:
        cards.append(CardEntry(CardEventKind.RENEWAL, renewed, number, until))
    return tuple(cards)


def doubled(entries: list[RosterEntry]) -> list[Problem]:
    """Return a problem for each row whose ID number or login stands in an earlier row."""
    faults, numbers, logins = [], dict[str, str](), dict[str, str]()
    for entry in entries:
        earlier = numbers.setdefault(entry.id_number, entry.where)
        if earlier != entry.where:
            faults.append(
                Problem(entry.where, WORDS[ID_NUMBER], said("与 %(earlier)s 重复", earlier=earlier))
            )
        if entry.login:
            earlier = logins.setdefault(entry.login, entry.where)
            if earlier != entry.where:
                faults.append(
                    Problem(entry.where, WORDS[LOGIN], said("与 %(earlier)s 重复", earlier=earlier))
                )
    return faults
