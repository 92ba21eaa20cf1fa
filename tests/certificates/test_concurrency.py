"""Many results at once: no number twice, none left out."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from tiejun.certificates.models import Certificate, CertificateCounter
from tiejun.certificates.service import built_in_issuer
from tiejun.certificates.statement import read_statement
from tiejun.db import Database

THREADS, EACH = 8, 6


@pytest.fixture
def crowded(house):
    database = Database(house.settings.sqlalchemy_url, threads=THREADS)
    yield database
    database.dispose()


def test_threads_that_issue_at_once_leave_no_gap_and_no_duplicate(house, crowded):
    issuer = built_in_issuer(house.settings)
    statements = [read_statement(house.result()) for _ in range(THREADS * EACH)]

    class Undone(Exception):
        pass

    def issue(numbered):
        position, statement = numbered
        try:
            with crowded.transaction() as db:
                issuer.receive(db, statement, house.clock())
                if position % 5 == 0:
                    raise Undone  # a delivery that fails after its number was taken
        except Undone:
            with crowded.transaction() as db:
                issuer.receive(db, statement, house.clock())

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(issue, enumerate(statements)))

    with crowded.reading() as db:
        sequences = db.scalars(select(Certificate.sequence).order_by(Certificate.sequence)).all()
        last = db.scalars(select(CertificateCounter.last)).one()
    assert sequences == list(range(1, THREADS * EACH + 1))
    assert last == THREADS * EACH


def test_two_revisions_of_one_result_at_once_make_one_certificate(house, crowded):
    issuer = built_in_issuer(house.settings)
    result = house.result()
    statements = [read_statement(result | {"revision": revision}) for revision in range(1, THREADS + 1)]

    def issue(statement):
        with crowded.transaction() as db:
            issuer.receive(db, statement, house.clock())

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(issue, statements))

    with crowded.reading() as db:
        assert len(db.scalars(select(Certificate.id)).all()) == 1
