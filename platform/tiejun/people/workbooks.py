"""The Excel files that people write for others: templates to fill in, and the list of initial passwords."""

from collections.abc import Iterable, Sequence

from tiejun.people import training
from tiejun.people.roster import NewAccount
from tiejun.people.roster_rules import HEADINGS, REQUIRED, WORDS
from tiejun.workbooks import Sheet, write_workbook

ROSTER_NOTES = {
    "name": "与身份证一致，不超过15个字",
    "id_number": "18位居民身份证号码；单元格请设为文本",
    "unit": "单位代码，或管理范围内不重名的单位全称",
    "post": "主要负责人、负责人、一般",
    "staffing": "正式编制（不填即为正式编制）、非正式编制",
    "since": "到现岗位的日期，如 2024-03-01",
    "mobile": "手机号码",
    "login": "不填则自动编号",
    "card_number": "现有执法证件编号",
    "first_card_on": "首次申领取得证件的日期；没有证件的不填",
    "renewed_on": "最近一次到期换领的日期",
    "card_until": "现有证件的有效期至",
    "email": "接收考试和补考通知的邮箱；不填则保留本人已填的",
}
TRAINING_NOTES = {
    "name": "与名册一致",
    "id_number": "18位居民身份证号码",
    "level": "国家级、省级",
    "tier": "初级、中级",
    "class_name": "培训班名称（期次）",
    "completed_on": "结业日期，如 2026-09-18",
    "hours": "学时数",
    "syllabus_version": "不填为“试行”",
    "evidence": "文号或结业证明编号",
}


def roster_template() -> bytes:
    """Return the empty roster with a sheet that explains its columns."""
    return _template("人员名册", list(HEADINGS), REQUIRED, WORDS, ROSTER_NOTES)


def training_template() -> bytes:
    """Return the empty table of training completions with an explanation."""
    return _template("培训记录", list(training.HEADINGS), training.REQUIRED, training.WORDS, TRAINING_NOTES)


def _template(
    title: str, headings: Sequence[str], required: Sequence[str], words: dict[str, str], notes: dict[str, str]
) -> bytes:
    must = {words[name] for name in required}
    labels = [f"{heading}*" if heading in must else heading for heading in headings]
    explained = [(words[name], "必填" if name in required else "选填", note) for name, note in notes.items()]
    return workbook({title: [labels], "填写说明": [("列", "是否必填", "说明"), *explained]})


def password_list(accounts: Iterable[NewAccount]) -> bytes:
    """Return the list of new sign-ins with their initial passwords, to be handed out and then destroyed."""
    rows = [(account.unit, account.name, account.login, account.password) for account in accounts]
    return workbook({"初始密码": [("单位", "姓名", "登录名", "初始密码"), *rows]})


def workbook(sheets: dict[str, Sequence[Sequence[str]]]) -> bytes:
    """Return an .xlsx file of text columns; the first row of each sheet is its head."""
    return write_workbook(
        [Sheet(title, rows[0], rows[1:], to_fill_in=True) for title, rows in sheets.items()]
    )
