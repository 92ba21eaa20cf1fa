"""Mail against a real server: sent once, tried again, given up; nothing else suffers."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from tests.exams.admin.factories import DAY, Room
from tests.notices.post_office import PASSWORD, USER, Office
from tests.support.clock import ManualClock
from tiejun.cli import commands
from tiejun.db import Database
from tiejun.errors import SettingsError
from tiejun.installation import Core
from tiejun.mail import Letter, compose
from tiejun.notices.delivery import Outcome, deliver
from tiejun.notices.models import MailDelivery, MailState, Notice
from tiejun.notices.rules import FIRST_RETRY
from tiejun.notices.service import scan
from tiejun.operations.doctor import examine
from tiejun.people.models import Account
from tiejun.settings import Settings
from tiejun.worker import NoticeRound


class Post:
    """The room's officers with addresses, and what becomes of their mails."""

    def __init__(self, room: Room, settings: Settings, clock: ManualClock) -> None:
        self.room, self.settings, self.clock = room, settings, clock
        with room.database.transaction() as db:
            for number in (1, 2, 3):
                address = f"officer{number}@example.cn"
                db.execute(update(Account).where(Account.login == f"officer{number}").values(email=address))
        room.register(room.sitting(3 * DAY), room.officers())
        assert scan(room.database, clock(), with_mail=True) == 4

    def send(self, **settings: object) -> Outcome:
        changed = replace(self.settings, **settings)  # type: ignore[arg-type]
        return deliver(self.room.database, changed, self.clock())

    def deliveries(self) -> dict[str, MailDelivery]:
        with self.room.database.reading() as db:
            return {row.to_address: row for row in db.scalars(select(MailDelivery))}

    def states(self) -> list[str]:
        return sorted(str(row.state) for row in self.deliveries().values())


def through(office: Office, settings: Settings, **other: object) -> Settings:
    return replace(
        settings,
        smtp_host="127.0.0.1",
        smtp_port=office.port,
        smtp_tls="none",
        smtp_from="tiejun@example.cn",
        smtp_timeout_seconds=5,
        base_url="https://tiejun.example.cn",
        **other,  # type: ignore[arg-type]
    )


@pytest.fixture
def post(room: Room, settings: Settings, clock: ManualClock, office: Office) -> Post:
    return Post(room, through(office, settings), clock)


@pytest.fixture
def locked_office(certificate: tuple[Path, Path]) -> Iterator[Office]:
    """Return a mail server that insists on STARTTLS and a password."""
    opened = Office(certificate)
    opened.open()
    yield opened
    opened.close()


def test_who_has_an_address_gets_a_mail_once(post: Post, office: Office):
    assert post.send() == Outcome(sent=3)
    assert post.send() == Outcome()

    assert sorted(letter["To"] for letter in office.letters) == [f"officer{n}@example.cn" for n in (1, 2, 3)]
    letter = next(one for one in office.letters if one["To"] == "officer1@example.cn")
    assert letter["Subject"] == "【铁军】已登记考试：岗位培训考试"
    assert letter["From"] == "铁军 <tiejun@example.cn>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["List-Unsubscribe"] == "<https://tiejun.example.cn/settings>"
    assert letter.get_content_type() == "text/plain"
    text = letter.get_content()
    assert text.startswith("officer1：")
    assert "三楼机考室，座位 1 号" in text
    assert "https://tiejun.example.cn/my/exams" in text
    assert "511*" not in text


def test_a_mail_that_is_sent_again_has_the_same_message_id(post: Post, office: Office):
    post.send()
    with post.room.database.transaction() as db:  # the server went down before it could note the sending
        db.execute(update(MailDelivery).values(state=MailState.WAITING, sent_at=None))
    post.clock.time += DAY
    post.send()

    assert len(office.letters) == 6
    assert len({letter["Message-ID"] for letter in office.letters}) == 3


def test_a_recipient_who_is_refused_for_good_is_given_up_and_holds_up_nobody(post: Post, office: Office):
    office.refuses = {"officer1@example.cn": "550 no such user", "officer2@example.cn": "450 try later"}

    assert post.send() == Outcome(sent=1, failed=1, given_up=1)

    rows = post.deliveries()
    assert rows["officer1@example.cn"].state == MailState.GIVEN_UP
    assert "no such user" in (rows["officer1@example.cn"].last_error or "")
    assert rows["officer2@example.cn"].state == MailState.FAILED
    office.refuses = {}
    post.clock.time += FIRST_RETRY
    assert post.send() == Outcome(sent=1)


def test_a_letter_that_the_server_will_not_take_now_is_tried_again(post: Post, office: Office):
    office.answer = "451 disk full"
    assert post.send() == Outcome(failed=3)
    assert post.send() == Outcome(), "not at once"
    office.answer = "250 OK"
    post.clock.time += FIRST_RETRY

    assert post.send() == Outcome(sent=3)


def test_a_server_that_is_down_and_comes_back_loses_nothing(post: Post, office: Office):
    office.close()
    assert post.send() == Outcome(failed=3)
    assert post.states() == ["failed"] * 3
    office.open()
    post.clock.time += FIRST_RETRY

    assert post.send() == Outcome(sent=3)
    assert {row.last_error for row in post.deliveries().values()} == {None}


def test_after_three_days_a_mail_is_given_up_and_the_notice_stays(post: Post, office: Office):
    office.close()
    post.send()
    post.clock.time += 3 * DAY
    assert post.send().failed == 3
    post.clock.time += DAY

    assert post.send() == Outcome(given_up=3)
    assert post.states() == ["given_up"] * 3
    with post.room.database.reading() as db:
        assert len(db.scalars(select(Notice)).all()) == 4
    office.open()


def test_who_switched_mail_off_meanwhile_gets_none(post: Post, office: Office):
    with post.room.database.transaction() as db:
        db.execute(update(Account).where(Account.login == "officer1").values(wants_mail=False))
        db.execute(update(Account).where(Account.login == "officer2").values(email="new@example.cn"))

    assert post.send() == Outcome(sent=2, given_up=1)
    assert sorted(letter["To"] for letter in office.letters) == ["new@example.cn", "officer3@example.cn"]


def test_two_senders_at_once_send_each_mail_once(post: Post, office: Office):
    crowd = Database(post.room.database.url, threads=4)
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: deliver(crowd, post.settings, post.clock(), limit=2), range(4)))
    crowd.dispose()
    sent = sum(each.sent for each in done)

    assert len(office.letters) == sent
    assert sent + post.send().sent == 3


def test_without_a_mail_server_nothing_is_queued(room: Room, settings: Settings, clock: ManualClock):
    room.register(room.sitting(), room.officers())
    with room.database.transaction() as db:
        db.execute(update(Account).values(email="a@example.cn"))
    NoticeRound()(Core(settings, clock, room.database))

    with room.database.reading() as db:
        assert len(db.scalars(select(Notice)).all()) == 4
        assert db.scalars(select(MailDelivery)).all() == []


def test_the_worker_makes_and_mails_though_the_server_is_away(
    room: Room, settings: Settings, clock: ManualClock, office: Office
):
    room.register(room.sitting(3 * DAY), room.officers()[:1])
    with room.database.transaction() as db:
        db.execute(update(Account).where(Account.login == "officer1").values(email="a@example.cn"))
    core, work = Core(through(office, settings), clock, room.database), NoticeRound()
    office.close()
    work(core)
    office.open()
    clock.time += FIRST_RETRY
    work(core)

    assert [letter["To"] for letter in office.letters] == ["a@example.cn"]


def test_starttls_with_a_password_and_an_own_authority(
    room: Room, settings: Settings, clock: ManualClock, locked_office: Office, certificate: tuple[Path, Path]
):
    given = {"smtp_tls": "starttls", "smtp_user": USER, "smtp_password": PASSWORD}
    post = Post(room, through(locked_office, settings), clock)
    assert post.send(**given).failed == 3, "the certificate is not to be trusted"
    assert "CERTIFICATE_VERIFY_FAILED" in str([row.last_error for row in post.deliveries().values()])
    clock.time += FIRST_RETRY
    wrong = {**given, "smtp_ca": certificate[0], "smtp_password": "wrong"}
    assert post.send(**wrong).failed == 3
    clock.time += 2 * FIRST_RETRY

    assert post.send(**given, smtp_ca=certificate[0]) == Outcome(sent=3)
    assert len(locked_office.letters) == 3


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_the_doctor_says_whether_mail_is_set_up_and_reachable(
    database: Database, settings: Settings, clock: ManualClock, office: Office
):
    def mail(of: Settings) -> tuple[bool, str]:
        return next((one.is_well, one.seen) for one in examine(of, clock()) if one.check == "邮件")

    assert mail(settings) == (True, "没有设置邮件服务器，通知只在系统内显示")
    assert mail(through(office, settings))[0]
    office.close()
    assert not mail(through(office, settings))[0]
    office.open()


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_the_commands_scan_send_and_try_the_settings(
    room: Room, settings: Settings, office: Office, monkeypatch: pytest.MonkeyPatch
):
    def run(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(commands, ["notices", *arguments])
        return done.exit_code, done.output

    names = ("mode", "data_dir", "database_url", "secret_key", "data_key")
    for name in names:
        monkeypatch.setenv(f"TIEJUN_{name.upper()}", str(getattr(settings, name)))
    assert run("scan") == (0, "新发通知 0 条。\n")
    assert run("send")[0] == run("test-mail", "a@example.cn")[0] == 1
    for name in ("smtp_host", "smtp_port", "smtp_tls", "smtp_from"):
        monkeypatch.setenv(f"TIEJUN_{name.upper()}", str(getattr(through(office, settings), name)))
    assert run("send") == (0, "已发 0 封，失败待重发 0 封，放弃 0 封。\n")
    assert run("test-mail", "a@example.cn\nBcc: b@example.cn")[0] == 1
    assert run("test-mail", "a@example.cn") == (0, "已发往 a@example.cn。\n")
    assert [letter["To"] for letter in office.letters] == ["a@example.cn"]
    office.close()
    assert run("test-mail", "a@example.cn")[0] == 1
    office.open()


def test_a_title_with_line_breaks_adds_no_header(settings: Settings):
    at = ManualClock()()
    settings = replace(settings, smtp_from="tiejun@example.cn")
    made = compose(
        Letter("notice-1", "a@example.cn", "考试\r\nBcc: b@example.cn\n通知", "正文", at), settings
    )

    assert made["Bcc"] is None
    assert made["Subject"] == "考试 Bcc: b@example.cn 通知"
    with pytest.raises(ValueError):
        compose(Letter("notice-1", "a@example.cn\r\nBcc: b@example.cn", "考试", "正文", at), settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SMTP_TLS", "tls"),
        ("SMTP_PORT", "0"),
        ("SMTP_FROM", ""),
        ("SMTP_FROM", "a@b\nc"),
        ("SMTP_TIMEOUT_SECONDS", "0"),
    ],
)
def test_a_mail_setting_that_can_not_work_stops_the_start(name: str, value: str):
    sound = {"TIEJUN_MODE": "test", "TIEJUN_SMTP_HOST": "mail", "TIEJUN_SMTP_FROM": "a@b.cn"}
    assert Settings.from_env(sound).smtp_tls == "starttls"

    with pytest.raises(SettingsError, match=f"TIEJUN_{name}"):
        Settings.from_env({**sound, f"TIEJUN_{name}": value})


def test_the_password_of_the_mail_server_is_in_no_log():
    assert "geheim" not in repr(Settings(smtp_password="geheim"))
