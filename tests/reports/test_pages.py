"""The dashboard as a page and as a workbook: who sees it, what stands in it, how many queries it takes."""

import io

import pytest
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy import event

from tests.exams.admin.factories import DAY, a_form
from tests.reports.factories import Country
from tests.support.world import sign_in
from tiejun.exams.result_models import MakeUpCase, Verdict
from tiejun.people.models import AgencyTier, UnitKind
from tiejun.people.service import UnitSpec, create_unit

PASS, FAIL, ABSENT = Verdict.PASS, Verdict.FAIL, Verdict.ABSENT


@pytest.fixture
def lived(country: Country) -> Country:
    """Return the country after a sitting: two passed, one failed, one stayed away, one is certified."""
    people = country.room.officers()
    country.certify(country.room.world.people["officer1"])
    country.held(dict(zip(people, (PASS, PASS, FAIL, ABSENT), strict=True)), 2 * DAY)
    return country


def page(client: FlaskClient, address: str = "/overview") -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)


def sheets(client: FlaskClient, address: str = "/overview.xlsx") -> dict[str, list[list]]:
    answer = client.get(address)
    assert answer.status_code == 200
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.data))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_province_sees_its_year_and_goes_down_to_a_county(lived, client):
    sign_in(client, "province_admin")

    text = page(client)

    assert "四川省总览" in text
    assert "66.7%" in text
    assert 'aria-current="page">总览</a>' in text
    city = lived.room.world.units["bazhong"].id
    assert f'href="/overview?unit={city}"' in text
    assert "巴中市总览" in page(client, f"/overview?unit={city}")
    assert "2026 年还没有发布成绩" not in text
    assert "2025 年还没有发布成绩" in page(client, "/overview?year=2025")


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_the_navigation_offers_it_right_after_today_to_those_who_may(lived, client):
    sign_in(client, "auditor")
    head = page(client).split('<nav class="tj-nav"', 1)[1].split("</nav>", 1)[0]

    assert head.index("今天") < head.index("总览") < head.index("人员")
    sign_in(other := client.application.test_client(), "officer1")
    assert "总览" not in page(other, "/")
    assert other.get("/overview").status_code == 403


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("address", ["/overview", "/overview.xlsx"])
def test_a_unit_out_of_reach_is_not_found(lived, client, address):
    sign_in(client, "stranger")

    assert client.get(f"{address}?unit={lived.room.world.units['sichuan'].id}").status_code == 404
    assert client.get(f"{address}?unit=999999").status_code == 404
    assert client.get(f"{address}?unit=x&year=y").status_code == 200


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_an_empty_province_is_told_what_will_stand_here(country, client):
    sign_in(client, "stranger")

    text = page(client)

    assert "没有待考或待发布成绩的场次" in text
    assert "没有人需要补考" in text
    assert "2026 年没有颁发证书" in text
    assert sheets(client)["要做的事"][-1][-1] == 0


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_the_workbook_holds_every_table_with_unit_day_and_year(lived, client):
    sign_in(client, "province_admin")

    found = sheets(client)

    assert list(found) == [
        "要做的事",
        "合格率（季度）",
        "合格率（考试）",
        "合格率（单位）",
        "补考期限",
        "补考（单位）",
        "学时（单位）",
        "颁发证书",
        "证书到期",
        "持证（单位）",
    ]
    for rows in found.values():
        assert rows[1][0] == "四川省，截至 2026年11月23日，2026 年度"
    units = found["合格率（单位）"]
    assert units[0][0] == "各单位合格率"
    (bazhong,) = [row for row in units if row[0] == "巴中市"]
    assert bazhong[1:5] == [4, 1, 3, 2]
    assert bazhong[5] == pytest.approx(2 / 3)
    assert bazhong[9] == ""


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_unit_named_like_a_formula_stays_a_name(lived, client):
    with lived.database.transaction() as db:
        unit = db.get_one(type(lived.room.world.units["bazhong"]), lived.room.world.units["bazhong"].id)
        unit.name = "=1+1"
    sign_in(client, "province_admin")

    assert "=1+1" in [row[0] for row in sheets(client)["合格率（单位）"]]


def queries_of(country: Country, client: FlaskClient, address: str) -> int:
    """Return how many statements a page takes."""
    seen: list[str] = []
    engine = client.application.extensions["tiejun"].database.engine

    def note(_connection, _cursor, statement, *_rest) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        page(client, address)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len([one for one in seen if one.lstrip().upper().startswith("SELECT")])


def test_the_number_of_queries_does_not_grow_with_people_units_or_sittings(lived, client):
    """The same page of a province before and after it grew by units, officers, sittings and certificates."""
    sign_in(client, "province_admin")
    before = queries_of(lived, client, "/overview")

    with lived.database.transaction() as db:
        sichuan = lived.room.world.units["sichuan"]
        for number in range(6):
            city = create_unit(db, UnitSpec(f"5120{number}0", f"{number}号市", UnitKind.PREFECTURE, sichuan))
            spec = UnitSpec(f"5120{number}1", f"{number}号支队", UnitKind.AGENCY, city, AgencyTier.PREFECTURE)
            lived.room.world.units[f"agency{number}"] = create_unit(db, spec)
        forms = [a_form(db, lived.room.blueprint_id, f"F{n}", lived.clock()).id for n in range(6)]
    lived.room.form_ids = forms
    for number in range(6):
        people = lived.officers(f"agency{number}", 5)
        lived.certify(*people[:2])
        outcomes = (PASS, PASS, FAIL, FAIL, ABSENT)
        verdicts = {person.id: verdict for person, verdict in zip(people, outcomes, strict=True)}
        lived.held(verdicts, 2 * DAY, form=number)

    sign_in(client, "province_admin")
    assert queries_of(lived, client, "/overview") == before <= 20
    with lived.database.reading() as db:
        assert db.query(MakeUpCase).count() == 2 + 6 * 3
