"""Which training an officer needs: level and tier, each with the sentence that explains it (R-01 to R-03)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from question_bank.words import said
from tiejun import regulation
from tiejun.calendar_cn import add_months

LAPSE_MONTHS = regulation.CARD_LAPSE.value

NATIONAL = "national"
PROVINCIAL = "provincial"
PRIMARY = "primary"
INTERMEDIATE = "intermediate"
LEVEL_WORDS = {NATIONAL: said("国家级"), PROVINCIAL: said("省级")}
TIER_WORDS = {PRIMARY: said("初级"), INTERMEDIATE: said("中级")}


@dataclass(frozen=True)
class Explained:
    """A value with the Chinese sentence that tells the officer why."""

    value: str
    sentence: str


@dataclass(frozen=True)
class CardFact:
    """One event of a card as far as the tier depends on it; `kind` as in `CardEventKind`."""

    kind: str
    happened_on: date
    valid_until: date | None


def level_for(post: str, agency_tier: str | None) -> Explained:
    """Return the level at which an officer with this post must train.

    Args:
        post: `chief`, `leader` (deputies included) or `staff`.
        agency_tier: `province`, `prefecture` or `county`; None when the unit is no enforcement agency.

    Source: 环办执法〔2022〕21号 第一条: national for the chief of a county agency, the leaders of a
    prefecture's agency, everybody in a province's agency; all others provincial.
    """
    source = said("（环办执法〔2022〕21号 第一条）")
    if agency_tier == "province":
        return Explained(NATIONAL, said("省级执法机构人员参加国家级岗位培训%(source)s。", source=source))
    if agency_tier == "prefecture" and post in ("chief", "leader"):
        return Explained(
            NATIONAL, said("设区的市级执法机构负责人参加国家级岗位培训%(source)s。", source=source)
        )
    if agency_tier == "county" and post == "chief":
        return Explained(
            NATIONAL, said("县（区）级执法机构主要负责人参加国家级岗位培训%(source)s。", source=source)
        )
    return Explained(
        PROVINCIAL, said("不属于应参加国家级培训的三类人员，参加省级岗位培训%(source)s。", source=source)
    )


def tier_for(cards: Sequence[CardFact], on: date) -> Explained:
    """Return the tier that an officer needs for the next card, from the history of cards.

    Replacement of a lost card and exchange after a change of unit are no renewal and change nothing.

    Source: 环办执法〔2022〕21号 第一条: 初级 for the first application, 中级 for renewal. What a long
    lapsed card means is our proposal: as if there had been none.
    """
    source = said("（环办执法〔2022〕21号 第一条）")
    past = sorted((card for card in cards if card.happened_on <= on), key=lambda card: card.happened_on)
    issues = [card for card in past if card.kind in ("first_issue", "renewal")]
    ends = [card for card in past if card.kind in ("cancelled", "withdrawn")]
    if not issues:
        return Explained(PRIMARY, said("首次申领执法证件，参加初级岗位培训%(source)s。", source=source))
    newest = issues[-1]
    if ends and ends[-1].happened_on >= newest.happened_on:
        return Explained(
            PRIMARY,
            said("原证件已注销或收回，重新申领按首次申领办理，参加初级岗位培训%(source)s。", source=source),
        )
    if newest.valid_until is not None and add_months(newest.valid_until, LAPSE_MONTHS) < on:
        return Explained(
            PRIMARY,
            said(
                "原证件过期已超过%(lapse_months)s个月，按首次申领办理，参加初级岗位培训%(source)s。",
                lapse_months=LAPSE_MONTHS,
                source=source,
            ),
        )
    return Explained(
        INTERMEDIATE, said("已持有执法证件，申请换领，参加中级岗位培训%(source)s。", source=source)
    )
