"""Where an item may stand in its life."""

from enum import StrEnum


class ItemState(StrEnum):
    """Where an item stands in its life (`bank.life`): only operational ones come into live forms."""

    DRAFT = "draft"
    FIRST_REVIEW = "first_review"
    SECOND_REVIEW = "second_review"
    PILOT = "pilot"
    OPERATIONAL = "operational"
    UNDER_REVIEW = "under_review"
    RETIRED = "retired"
