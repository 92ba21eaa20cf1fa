"""Words of the list of the five years."""

from question_bank.words import said
from tiejun.bank.five_years.rules import Membership

MEMBERSHIP_WORDS = {
    Membership.PROPOSED: said("建议，未确认"),
    Membership.OPTIONAL: said("可选，不计入"),
    Membership.CONFIRMED: said("已确认"),
    Membership.REJECTED: said("不列入"),
}
