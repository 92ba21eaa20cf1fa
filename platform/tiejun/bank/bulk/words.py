"""Words of changes of several items."""

from flask_babel import gettext as _

from tiejun.bank.bulk.rules import NO_UNIT, Change
from tiejun.bank.words import field_word, purpose_word, tiers_word, unit_title


def asked(change: Change) -> list[tuple[str, str]]:
    """Return what is to be changed, and to what, in words."""
    unit = _("不归入单元") if change.unit == NO_UNIT else unit_title(change.unit)
    share = "" if change.difficulty is None else f"{change.difficulty * 100:g}%"
    mark = "" if change.transitional is None else _("标为新旧衔接") if change.transitional else _("取消标记")
    said = {
        "unit": unit if change.unit else "",
        "tiers": tiers_word(change.tiers),
        "difficulty": share,
        "transitional": mark,
        "purpose": purpose_word(change.purpose) if change.purpose else "",
    }
    return [(field_word(name), word) for name, word in said.items() if word]
