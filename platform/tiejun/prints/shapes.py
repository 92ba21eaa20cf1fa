"""What the templates are given: plain JSON, everything in words already.

Dates are ISO (2026-10-13); ID numbers arrive masked. The templates hold field labels only, no facts.
"""

from typing import NotRequired, TypedDict


class VerifyData(TypedDict):
    """Where a certificate is verified; `qr_svg` is made by `render.qr_svg`, `code` has 32 hex digits."""

    host: str
    url: str
    code: str
    qr_svg: str
    note: str


class ClassData(TypedDict):
    """The completed training; `hours` in 学时."""

    name: str
    completed_on: str
    hours: float | None


class MarkData(TypedDict):
    """A mark on the paper: 补证, 更正 or 已撤销, and the line that explains it."""

    word: str
    note: str


CertificateData = TypedDict(
    "CertificateData",
    {
        "title": str,
        "series": str,
        "name": str,
        "salutation": str,
        "id_masked": str,
        "unit": str,
        "post": str,
        "level": str,
        "tier": str,
        "number": str,
        "class": ClassData,  # a keyword, hence this form
        "exam_date": str,
        "issued_on": str,
        "valid_until": str | None,
        "issuer": str,
        "statement": str,
        "verify": VerifyData,
        "duplicate": MarkData | None,
        "revoked": MarkData | None,
    },
)


class AddresseeData(TypedDict):
    """To whom a notice is written."""

    name: str
    salutation: str
    unit: str
    id: str


class NoticeDeadline(TypedDict):
    """The last day of the make-up and how it was reckoned."""

    label: str
    date: str
    how: str


class ReceiptData(TypedDict):
    """The slip that the addressee returns."""

    how: str
    text: str
    choices: list[str]
    signatures: list[str]


class NoticeData(TypedDict):
    """A make-up notice (补考通知书); `sitting` is a list of [label, text]."""

    title: str
    organiser: str
    doc_no: str
    person: AddresseeData
    paragraphs: list[str]
    sitting: list[list[str]]
    deadline: NoticeDeadline
    closing: list[str]
    issuer: str
    issued_on: str
    printed: str
    receipt: ReceiptData


class StateData(TypedDict):
    """How a seat's state is shown; `tone` is ok, warn or bad."""

    mark: str
    label: str
    tone: str


SeatData = TypedDict(
    "SeatData",
    {
        "seat": str,
        "name": str,
        "id": str,
        "state": str,  # a key of RecordData.states
        "note": str,
        "in": NotRequired[str],
        "out": NotRequired[str],
        "done": NotRequired[str],
    },
)


class TotalData(TypedDict):
    """One figure in the row of totals; `alert` frames it in red."""

    label: str
    value: int
    alert: bool


class IncidentData(TypedDict):
    """One irregularity, as the invigilators wrote it down."""

    time: str
    seat: str
    kind: str
    text: str
    action: str
    evidence: str


class ExtensionData(TypedDict):
    """One extension of time."""

    time: str
    seats: str
    minutes: int
    reason: str
    by: str


class SessionData(TypedDict):
    """The number of the sitting."""

    code: str


class RecordData(TypedDict):
    """An exam record sheet (考场记录单); `fields` is a list of [label, text], `digest` 32 hex digits."""

    title: str
    organiser: str
    session: SessionData
    fields: list[list[str]]
    totals: list[TotalData]
    states: dict[str, StateData]
    seats: list[SeatData]
    seat_note: str
    incidents: list[IncidentData]
    incident_note: str
    extensions: list[ExtensionData]
    extension_note: str
    declaration: str
    signatures: list[str]
    printed: str
    digest: str


class MeterData(TypedDict):
    """A target and what was done, in study hours."""

    name: str
    target: float
    done: float


class HourRowData(TypedDict):
    """One line of the ledger; `kind` is an index into HoursData.kinds, `form` what is printed."""

    date: str
    what: str
    kind: int
    form: str
    hours: float
    proof: str


class HourPersonData(TypedDict):
    """Whose hours they are; the ID number arrives masked."""

    name: str
    id: str
    unit: str


HoursData = TypedDict(
    "HoursData",
    {
        "title": str,
        "organiser": str,
        "year": int,
        "person": HourPersonData,
        "from": str,
        "to": str,
        "meters": list[MeterData],
        "rule_note": str,
        "months": list[list[float]],  # twelve, each with the hours of every kind
        "kinds": list[str],
        "rows": list[HourRowData],
        "note": str,
        "signatures": list[str],
        "serial": str,
        "printed": str,
    },
)
