"""Tables of the use of items: what each occasion showed, and the figures of each item over all of them."""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from tiejun.db import Base


class ItemObservation(Base):
    """What one item showed in one form on one occasion: the sums of `question_bank.statistics.Moments`.

    `occasion` is the public id of the sitting, which the bank does not know otherwise.
    """

    __tablename__ = "item_observation"

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    occasion: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    form_id: Mapped[int] = mapped_column(ForeignKey("exam_form.id"), primary_key=True, index=True)
    held_on: Mapped[date]
    count: Mapped[int]
    item: Mapped[float]
    item_squares: Mapped[float]
    rest: Mapped[float]
    rest_squares: Mapped[float]
    products: Mapped[float]


class ItemUsage(Base):
    """The figures of one item over all its observations, so that lists can show, filter and sort by them.

    `served` counts candidates (曝光). Without a row the item was in no declared sitting.
    """

    __tablename__ = "item_usage"

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    sittings: Mapped[int]
    served: Mapped[int]
    last_used_on: Mapped[date]
    facility: Mapped[float | None]
    discrimination: Mapped[float | None]
