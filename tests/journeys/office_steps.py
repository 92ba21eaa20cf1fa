"""What an administrator does at the desk before and after an exam, page by page."""

import base64
import io
import re
from dataclasses import dataclass
from datetime import date, datetime

from playwright.sync_api import FilePayload, Page, expect
from python_calamine import CalamineWorkbook

from tests.journeys.core_steps import Town
from tests.support.axe import violations
from tiejun.clock import beijing
from tiejun.demo.people import id_number
from tiejun.people.roster_rules import HEADINGS
from tiejun.people.training import HEADINGS as TRAINING_HEADINGS
from tiejun.people.workbooks import workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
AGENCY = "511923-1"
NEW_PASSWORD = "Own-and-longer-7"


@dataclass(frozen=True)
class Newcomer:
    """Somebody who is not yet in the system."""

    name: str
    serial: int

    @property
    def id_number(self) -> str:
        """The ID number of nobody."""
        return id_number(self.serial, date(1994, 5, 17))


def sound(page: Page) -> None:
    """Fail on a page that axe finds fault with, or that is wider than its window."""
    page.wait_for_load_state()
    found = violations(page)
    assert found == [], f"{page.url}: {found}"
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert over <= 0, f"{page.url}: {over} px too wide"


def import_roster(page: Page, town: Town, people: list[Newcomer]) -> dict[str, tuple[str, str]]:
    """Upload a roster, look at the preview, confirm; return name -> (login, initial password)."""
    given = {"单位": AGENCY, "职务": "一般", "到岗日期": "2026-09-01", "编制": "正式编制"}
    rows = [
        [{"姓名": who.name, "证件号码": who.id_number, **given}.get(heading, "") for heading in HEADINGS]
        for who in people
    ]
    page.goto(f"{town.url}/people")
    page.get_by_role("link", name="导入名册").click()
    sound(page)
    upload(page, workbook({"人员名册": [list(HEADINGS), *rows]}), "名册.xlsx")
    expect(page.locator("main")).to_contain_text("还没有写入任何内容")
    sound(page)
    page.get_by_role("button", name=f"导入 {len(people)} 人").click()
    sound(page)
    packed = page.get_by_role("link", name="下载初始密码表").get_attribute("href") or ""
    book = CalamineWorkbook.from_filelike(io.BytesIO(base64.b64decode(packed.partition(",")[2])))
    _heads, *lines = book.get_sheet_by_index(0).to_python()
    return {str(name): (str(login), str(password)) for _unit, name, login, password in lines}


def import_training(page: Page, town: Town, people: list[Newcomer]) -> None:
    """Record that they finished their training, from a table."""
    given = {
        "级别": "省级",
        "层级": "初级",
        "班次": "2026年第四期",
        "结业日期": "2026-10-20",
        "学时": "40",
    }
    rows = [
        [
            {"姓名": who.name, "证件号码": who.id_number, **given}.get(heading, "")
            for heading in TRAINING_HEADINGS
        ]
        for who in people
    ]
    page.goto(f"{town.url}/training/import")
    upload(page, workbook({"培训记录": [list(TRAINING_HEADINGS), *rows]}), "培训.xlsx")
    page.locator("main form button[type=submit]").last.click()
    expect(page.locator("main")).to_contain_text(f"新增 {len(people)} 条")


def upload(page: Page, content: bytes, name: str) -> None:
    """Choose a file and have it checked."""
    page.locator("input[type=file]").set_input_files(FilePayload(name=name, mimeType=XLSX, buffer=content))
    page.get_by_role("button", name="检查这个文件").click()


def freeze_a_form(page: Page, town: Town) -> str:
    """Draw a form from the blueprint and freeze it; return its label."""
    page.goto(f"{town.url}/blueprints")
    page.locator("tbody a").first.click()
    sound(page)
    page.get_by_role("button", name="组卷").click()
    sound(page)
    page.locator("form[action$='/forms'] button[type=submit]").click()
    expect(page.locator("main")).to_contain_text("已定卷")
    found = re.search(r"(\S+) 卷已定卷", page.locator("main").inner_text())
    assert found is not None
    return found[1]


def new_sitting(page: Page, town: Town, exam: str, label: str, starts_at: datetime) -> str:
    """Set up an exam and its sitting with staff; return the sitting's public id."""
    page.goto(f"{town.url}/exams/new")
    page.locator("#title").fill(exam)
    sound(page)
    page.get_by_role("button", name="建立考试，接着安排场次").click()
    start = beijing(starts_at)
    page.locator("#starts_at").fill(f"{start:%Y-%m-%dT%H:%M}")
    page.locator("#ends_at").fill(f"{start.replace(hour=start.hour + 2):%Y-%m-%dT%H:%M}")
    page.locator("#minutes").fill("60")
    page.locator("#venue").fill("平昌县生态环境局机考室")
    for words in (label, "尹川", "钟立", "姜宁"):
        page.locator("label.tj-choice", has_text=words).first.locator("input").check()
    sound(page)
    page.get_by_role("button", name="建立场次").click()
    page.wait_for_url(re.compile(r"/sittings/[0-9a-f-]{36}"))
    return page.url.split("/sittings/")[1][:36]


def register(page: Page, town: Town, sitting: str, logins: list[str]) -> None:
    """Register candidates by a pasted list."""
    page.goto(f"{town.url}/sittings/{sitting}/register")
    sound(page)
    page.locator("#people").fill("\n".join(logins))
    page.get_by_role("button", name="登记名单中的人员").click()
    expect(page.locator("main")).to_contain_text(f"{len(logins)} 人")


def first_sign_in(page: Page, town: Town, login: str, password: str) -> None:
    """Sign in with the initial password, which must be changed before anything else."""
    page.goto(f"{town.url}/sign-in")
    sound(page)
    page.locator("#login").fill(login)
    page.locator("#password").fill(password)
    page.locator("main button[type=submit]").click()
    expect(page.locator("main")).to_contain_text("初始密码")
    sound(page)
    page.locator("#old").fill(password)
    page.locator("#new").fill(NEW_PASSWORD)
    page.locator("#again").fill(NEW_PASSWORD)
    page.locator("main button[type=submit]").click()
    page.goto(f"{town.url}/")
    expect(page.locator("h1")).to_be_visible()
    sound(page)
