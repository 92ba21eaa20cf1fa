"""What many tests start from, laid once a run: see `Content`."""

from tests.support.clock import START
from tiejun.audit import Actor
from tiejun.bank.laws_service import sync_register
from tiejun.bank.models import ItemPurpose
from tiejun.bank.shipped import install_starter
from tiejun.db import Database

KEEPER = Actor(None, "题库管理员")


def exam_bank(database: Database) -> None:
    """Lay the register and the starter bank, for examinations."""
    _starter(database, ItemPurpose.EXAM)


def practice_bank(database: Database) -> None:
    """Lay the register and the starter bank, for practice."""
    _starter(database, ItemPurpose.PRACTICE)


def _starter(database: Database, purpose: ItemPurpose) -> None:
    with database.transaction() as db:
        sync_register(db)
        install_starter(db, KEEPER, START, purpose)
