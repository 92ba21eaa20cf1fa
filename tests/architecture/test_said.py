"""No sentence of the code stays out of the catalogue: Chinese is said through `_`, `_l` or `said`.

What is not said to a reader of pages stands in `ELSEWHERE` (whole modules) or `HERE` (single literals), each
with the reason. Docs/decisions/0018 tells why these stay Chinese.
"""

import ast
import re
from collections.abc import Iterator, Set

from tests.architecture.sources import ROOT, python_files

CHINESE = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
SAYS = {"_", "_l", "gettext", "lazy_gettext", "ngettext", "said"}

APP = "platform/tiejun/"
COMMANDS = "a command's words, for who runs the server: Chinese"
HEADINGS = "headings of Excel files: a data format that other systems read"
OFFICIAL = "an official Chinese document"
MAILS = "mails, which are Chinese (decision 0017): who reads them later has chosen no language there"
ELSEWHERE = {
    APP + "regulation.py": "sources of law, quoted",
    APP + "calendar_cn.py": "names of holidays in the State Council's notices, and errors of a settings file",
    APP + "settings.py": COMMANDS,
    APP + "cli.py": COMMANDS,
    APP + "commands.py": COMMANDS,
    APP + "bank/cli.py": COMMANDS,
    APP + "cases/cli.py": COMMANDS,
    APP + "exams/cli.py": COMMANDS,
    APP + "notices/cli.py": COMMANDS,
    APP + "people/cli.py": COMMANDS,
    APP + "study/cli.py": COMMANDS,
    APP + "operations/cli.py": COMMANDS,
    APP + "operations/archive.py": COMMANDS,
    APP + "operations/doctor.py": COMMANDS,
    APP + "api/openapi.py": "the description of the API, one document for programmers",
    APP + "api/schemas.py": "the description of the API, one document for programmers",
    APP + "bank/export.py": HEADINGS,
    APP + "bank/five_years/export.py": HEADINGS,
    APP + "bank/law_reviews/export.py": HEADINGS,
    APP + "exams/make_up_export.py": HEADINGS,
    APP + "exams/registration_export.py": HEADINGS,
    APP + "exams/result_export.py": HEADINGS,
    APP + "people/workbooks.py": HEADINGS,
    "question_bank/formats/template.py": HEADINGS,
    APP + "certificates/paper.py": OFFICIAL,
    APP + "exams/make_up_notice.py": OFFICIAL,
    APP + "exams/result_record.py": OFFICIAL,
    APP + "study/statement.py": OFFICIAL + ", and headings of its Excel file",
    APP + "mail.py": MAILS,
    APP + "notices/delivery.py": MAILS,
    "question_bank/formats/citations.py": "how articles are written, which is read, not said",
}
DEMO = APP + "demo/"  # invented people, exams and records: content, as a user would type it

HERE = {
    APP + "audit.py": {"命令行", "系统"},  # actors as the trail stores them
    APP + "exams/seats.py": {"应试凭证"},  # likewise
    APP + "bank/shipped.py": {"随附示例题库"},  # likewise: the name of a file
    APP + "bank/import_views.py": {"粘贴的文字.txt"},  # the name of a file, stored
    APP + "bank/editing.py": {"单元", "依据"},  # read from problems
    APP + "bank/blueprint_draft.py": {"一二三四五六七八九十"},  # of the titles of a paper, stored
    APP + "bank/draft_areas.py": {"圆", "矩形", "椭圆", "多边形", "全图", "点"},  # typed and read back
    APP + "bank/draft_scoring.py": {"正确", "错误"},  # likewise
    APP + "certificates/issuing.py": {"（演示）"},  # in the name of a programme, stored
    APP + "certificates/service.py": {"TIEJUN_CERTIFICATE_PROVIDER: 目前只能是 "},  # a command's
    APP + "certificates/views.py": {"岗位培训合格证书-"},  # name of the PDF
    APP + "cases/library.py": {"铁军案例编写组"},  # the author of the shipped cases, stored
    APP + "exams/admin_service.py": {"补考场", "场", "年", "月", "日"},  # the title a sitting gets, stored
    APP + "pages.py": {"一二三四五六日", "年", "月", "日", "星期"},  # dates; `_english` writes the others
    APP + "study/ledger.py": {"系统计时"},  # who recorded hours, stored; pages look it up in the catalogue
    # An actor, a proof and a version of the syllabus, stored.
    APP + "study/sets.py": {"系统（课程组合学完）", "线上学完课程组合的全部课程", "试行"},
    "question_bank/formats/bank_cells.py": {"分", "分】", "第", "条", "条之", "款", "项"},  # cells, read back
    "question_bank/formats/qti_write_further.py": {" 分）"},  # a rubric in a file, with its points
    "question_bank/formats/qti_write_parts.py": {"正确", "错误"},  # options in a file, read back
    "question_bank/formats/spreadsheet.py": {"说明"},  # the name of a sheet, read
    "question_bank/markup.py": {"〔图〕", "〔图："},  # a picture in an item's excerpt, stored
    "question_bank/laws.py": {
        "中华人民共和国",
        "第",
        "条",
        "之",
        "生态环境",
    },  # titles and labels of the law itself
    "question_bank/normal.py": {"㐀-䶿一-鿿"},  # a range of characters
}
# Columns and the words that may stand in them, read from Excel files; the names of fields in problems; the
# names of authorities. Allowed is what is assigned to the name, or stands in the function of that name.
TABLES = {
    APP + "people/roster_rules.py": {"HEADINGS", "POSTS", "STAFFINGS"},
    APP + "people/training.py": {"HEADINGS", "SYLLABUS"},
    APP + "exams/admin_forms.py": {"FIELDS"},
    APP + "certificates/rules.py": {"XPCC_NAME", "PROVINCES", "name"},
    APP + "bank/rules.py": {"_N", "place_number"},  # numerals, read
    "question_bank/laws.py": {"KINDS", "CHANGE_TYPES"},  # as the register stores them
    APP + "bank/five_years/rules.py": {"KINDS", "REVISED", "AMENDED"},  # the same
    # How a law is written, which is read, not said.
    "question_bank/law_text.py": {
        *("LEVELS", "_N", "_ARTICLE", "_HEADING", "_LOOSE", "_CONTENTS", "_APPENDIX", "_PAGE"),
        *(
            "_CITES",
            "_SENTENCE_ENDS",
            "_PARAGRAPH_ENDS",
            "_opening",
            "_head",
            "_forget_contents",
            "_title",
            "take",
        ),
    },
    "question_bank/formats/cells.py": {"HEADERS", "TYPES", "RIGHT", "WRONG"},
    "question_bank/formats/bank_cells.py": {"TRUTH"},
    "question_bank/formats/bank_sheet.py": {
        *("CODE", "COLUMNS", "LEFT_OUT"),
        *("write_bank", "_write_left_out", "item_cells", "_part_cells"),
    },
    "question_bank/formats/qti_parts.py": {"TRUE", "FALSE"},
    "question_bank/formats/row.py": {"DIFFICULTIES", "_points"},
    "question_bank/formats/docx_numbers.py": {"_DIGITS", "_chinese"},
    "question_bank/formats/typed_lines.py": {"FIELD_NAMES"},
    "question_bank/formats/typed_text.py": {"TYPE_CELLS"},
}


def test_every_sentence_of_the_code_is_said_through_the_catalogue() -> None:
    stray = []
    for path in python_files():
        name = path.relative_to(ROOT).as_posix()
        if name not in ELSEWHERE and not name.startswith(DEMO):
            found = unsaid(path.read_text(encoding="utf-8"), TABLES.get(name, set()))
            stray += [f"{name}:{line}: {text}" for line, text in found if text not in HERE.get(name, ())]

    assert stray == [], "say it with _() in the web layer, with said() elsewhere"


def test_every_exception_is_needed() -> None:
    idle = [name for name in ELSEWHERE if not list(unsaid((ROOT / name).read_text(encoding="utf-8")))]
    for name, allowed in HERE.items():
        text = (ROOT / name).read_text(encoding="utf-8")
        found = {literal for _line, literal in unsaid(text, TABLES.get(name, set()))}
        idle += [f"{name}: {literal}" for literal in allowed - found]

    assert idle == []


def test_a_stray_sentence_is_found_wherever_it_stands() -> None:
    code = '''
"""说明。"""
WORDS = {"a": "甲"}
PATTERN = re.compile("第(.*)条")
def refuse(name):
    """说明。"""
    notice(_("好的"))
    raise Conflict(f"“{name}”已经公布。", said("乙"), code="丙" if name else _("丁"))
'''

    assert [text for _line, text in unsaid(code)] == ["甲", "”已经公布。", "丙"]
    assert [text for _line, text in unsaid(code, {"WORDS", "refuse"})] == []


def unsaid(code: str, tables: Set[str] = frozenset()) -> Iterator[tuple[int, str]]:
    """Yield (line, literal) of the Chinese that is neither said, nor a docstring, nor a pattern."""
    todo: list[ast.AST] = [ast.parse(code)]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Constant):
            if isinstance(node.value, str) and CHINESE.search(node.value):
                yield node.lineno, node.value
        elif not _is_apart(node, tables):
            todo += reversed(list(_parts(node)))


def _is_apart(node: ast.AST, tables: Set[str]) -> bool:
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) == "re"
    if isinstance(node, ast.FunctionDef):
        return node.name in tables
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return any(isinstance(target, ast.Name) and target.id in tables for target in targets)


def _parts(node: ast.AST) -> Iterator[ast.AST]:
    says = isinstance(node, ast.Call) and _name(node.func) in SAYS
    for part in ast.iter_child_nodes(node):
        if not (says and isinstance(part, ast.Constant)):
            yield part


def _name(function: ast.expr) -> str:
    return getattr(function, "id", getattr(function, "attr", ""))
