"""Commands of the bank: laws and items from files, items out to one, and the house rules over them."""

import json
import os
import sys
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qsl

import click

from tiejun.audit import COMMAND_LINE
from tiejun.bank.checks import check_bank
from tiejun.bank.export import KINDS, export_bank
from tiejun.bank.item_files import FORMATS, read_item_file
from tiejun.bank.law_reviews.words import KIND_WORDS
from tiejun.bank.laws_service import import_laws, parse_laws, read_law_files, sync_register
from tiejun.bank.models import ItemPurpose
from tiejun.bank.queries import item_filter
from tiejun.bank.service import ImportPlan, import_items, install_starter
from tiejun.clock import beijing
from tiejun.commands import AS_JSON, DRY_RUN, need_file, tell
from tiejun.errors import DomainError, Problem
from tiejun.imports import ImportReport
from tiejun.installation import opened

REFUSED = 1
SOME_LEFT_OUT = 3
PURPOSES = [purpose.value for purpose in ItemPurpose]
PATH = click.Path(path_type=Path)


@click.group()
def laws() -> None:
    """法规登记。"""


@laws.command("import")
@click.argument("path", type=PATH)
@DRY_RUN
@AS_JSON
def laws_import(path: Path, dry_run: bool, as_json: bool) -> None:
    """导入法规正文：一个文件，或一个文件夹；有一件不合格就都不导入。"""
    need_file(path, as_json, dry_run)
    files, notes = read_law_files(path)
    if not files:
        notes.append(Problem(path.name, "", "这里没有法规文件（.json），什么也没有导入"))
    bundle = parse_laws(files)
    with opened() as core, core.database.transaction() as db:
        report = import_laws(db, bundle, COMMAND_LINE, core.clock(), dry_run=dry_run)
    report.warnings = notes + report.warnings
    tell(report, as_json, dry_run)
    for change in [] if as_json else report.to_json()["laws"]:
        click.echo(
            f"{change['id']}　与 {change['against']} 比较：新增 {change['added']} 条，"
            f"改动 {change['changed']} 条，删去 {change['gone']} 条。"
        )
    if report.under_review and not as_json:
        moved = "，".join(f"{KIND_WORDS[kind]} {n}" for kind, n in report.under_review.items())
        click.echo(f"所引条文有变动，列入法规变动待核：{moved}（见 /law-reviews）。")
    if report.problems or not files:
        sys.exit(REFUSED)


@click.group()
def items() -> None:
    """试题。"""


@items.command("import")
@click.argument("path", type=PATH)
@click.option("--format", "kind", type=click.Choice(FORMATS), default="auto", show_default=True)
@click.option(
    "--class", "--purpose", "purpose", type=click.Choice(PURPOSES), default="practice", show_default=True
)
@click.option("--unit", help="没有写明单元的行归入哪个大纲单元，如 B1")
@click.option("--skip-faulty", is_flag=True, help="略去有误的行，导入其余（退出码 3）")
@DRY_RUN
@AS_JSON
def items_import(  # noqa: PLR0913 - one for each option
    path: Path,
    kind: str,
    purpose: str,
    unit: str | None,
    skip_faulty: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """导入试题：Excel（.xlsx）、CSV、Moodle XML、GIFT、Aiken、QTI（.xml 或 .zip）或 JSON，按内容辨认。

    有一题不合格就都不导入，除非写明 --skip-faulty。JSON 报告的 rows 逐题列出结果和答案。
    """
    need_file(path, as_json, dry_run)
    if path.is_dir():
        raise DomainError(f"“{path.name}”是文件夹，请给出一个文件。", code="unreadable_file")
    try:
        file = read_item_file(path.read_bytes(), path.name, kind, unit)
    except DomainError as error:
        if not as_json:
            raise
        tell(ImportReport(rejected=1, problems=[Problem(path.name, "", error.message)]), as_json, dry_run)
        sys.exit(REFUSED)
    plan = ImportPlan(ItemPurpose(purpose), skip_faulty, dry_run)
    with opened() as core, core.database.transaction() as db:
        report = import_items(db, file, plan, COMMAND_LINE, core.clock())
    tell(report, as_json, dry_run, report.full_json())
    if report.rejected:
        sys.exit(SOME_LEFT_OUT if skip_faulty else REFUSED)


@items.command("export")
@click.option("--format", "kind", type=click.Choice(KINDS), default="xlsx", show_default=True)
@click.option("--query", default="", help="只要哪些：要找的词，或题库页面地址里的条件，如 unit=B5&kind=case")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="写到哪个文件")
def items_export(kind: str, query: str, out: Path) -> None:
    """把题库写成一个文件，含答案；改后可再导入，没有改动的题不变。

    Excel、CSV、JSON 和 QTI（qti 为 3.0，qti22 为 2.2）保存全部内容，JSON 和 QTI 还带图片；
    其他格式写不下的题逐题列出（退出码 3）。
    Aiken 只有单选题的题干、选项和答案，没有题库编号。
    """
    if out.exists():
        raise click.ClickException(f"{out} 已经存在，没有覆盖。")
    with opened() as core, core.database.transaction() as db:
        made = export_bank(db, item_filter(_asked(query)), COMMAND_LINE, core.clock(), kind)
    # Keys are for the person who runs the command only.
    with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(made.content)
    for code, reason in made.left_out:
        click.echo(f"没有导出　{code}：{reason}", err=True)
    click.echo(f"已导出 {made.written} 题到 {out.name}。")
    if made.left_out:
        sys.exit(SOME_LEFT_OUT)


@items.command("install")
def items_install() -> None:
    """装入随产品提供的题，供练习用；已有的不动。这些题是公开的，不可用于考试。"""
    with opened() as core, core.database.transaction() as db:
        sync_register(db)
        report = install_starter(db, COMMAND_LINE, core.clock(), ItemPurpose.PRACTICE)
    click.echo(f"新装入练习题 {report.created} 题，已有 {report.unchanged} 题。")


@items.command("check")
@click.option("--query", default="", help="只查哪些：要找的词，或题库页面地址里的条件，如 unit=B5&kind=case")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="按哪一天有效的法规检查；默认今天")
@AS_JSON
def items_check(query: str, day: datetime | None, as_json: bool) -> None:
    """按编写规范检查题库：选项、题干、依据是否有效、数字是否出自所引条文、答案位置是否均衡。

    发现问题时退出码为 1。
    """
    with opened() as core, core.database.reading() as db:
        on = day.date() if day else beijing(core.clock()).date()
        report = check_bank(db, item_filter(_asked(query)), on)
    if as_json:
        click.echo(json.dumps(report.to_json(), ensure_ascii=False, indent=2))
    else:
        for where, problems in [*report.items.items(), ("全部试题", report.whole)]:
            for problem in problems:
                click.echo(f"注意　{where}　{problem.field}：{problem.message}", err=True)
        click.echo(f"检查 {report.checked} 题，{len(report.items)} 题有要看的地方。")
    if not report.is_clean:
        sys.exit(REFUSED)


def _asked(query: str) -> dict[str, str]:
    """Return the conditions of `--query`: those of a page's address, or a word to be found."""
    return dict(parse_qsl(query)) if "=" in query else {"q": query}
