"""Commands of the bank: laws and items from files, items out to one, and the house rules over them."""

import json
import os
import sys
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qsl
from uuid import UUID

import click

from question_bank.formats.columns import told
from tiejun.audit import COMMAND_LINE
from tiejun.bank.checks import check_bank
from tiejun.bank.column_service import column_maps, explanations
from tiejun.bank.export import KINDS, export_bank
from tiejun.bank.importing import ImportPlan, import_in_steps
from tiejun.bank.item_files import FORMATS, read_item_file
from tiejun.bank.law_files import import_law_files, tables_at
from tiejun.bank.law_reviews.words import KIND_WORDS
from tiejun.bank.laws_service import read_law_files, sync_register
from tiejun.bank.models import ItemPurpose
from tiejun.bank.queries import item_filter
from tiejun.bank.secrecy import EVERYTHING
from tiejun.bank.shipped import install_starter
from tiejun.bank.states import ItemState
from tiejun.bank.undo import undo_batch
from tiejun.clock import beijing
from tiejun.commands import AS_JSON, DRY_RUN, need_file, progress_bar, tell
from tiejun.errors import DomainError, Problem, Rejected
from tiejun.imports import ImportReport
from tiejun.installation import opened

REFUSED = 1
SOME_LEFT_OUT = 3
PURPOSES = [ItemPurpose.PRACTICE.value, ItemPurpose.EXAM.value]
"""Classes of what comes in; an item is sealed when it is chosen for a live form."""
IMPORT_STATES = [ItemState.DRAFT.value, ItemState.OPERATIONAL.value]
PATH = click.Path(path_type=Path)


@click.group()
def laws() -> None:
    """法规登记。"""


@laws.command("import")
@click.argument("path", type=PATH)
@DRY_RUN
@AS_JSON
def laws_import(path: Path, dry_run: bool, as_json: bool) -> None:
    """导入法规正文：一个文件，或一个文件夹；有一件不合格就都不导入。

    新旧条文对照表（.json，以旧法代码为键）同时导入：法规变动待核先提出表中所列的新条文。
    """
    need_file(path, as_json, dry_run)
    files, notes = read_law_files(path)
    tables = tables_at(path)
    if not files and not tables:
        notes.append(Problem(path.name, "", "这里没有法规文件（.json），什么也没有导入"))
    with opened() as core, core.database.transaction() as db:
        report = import_law_files(db, files, tables, COMMAND_LINE, core.clock(), dry_run=dry_run)
    report.warnings = notes + report.warnings
    tell(report, as_json, dry_run)
    if report.mapped and not as_json:
        click.echo(f"新旧条文对照表：{report.mapped} 条旧条文。")
    for change in [] if as_json else report.to_json()["laws"]:
        click.echo(
            f"{change['id']}　与 {change['against']} 比较：新增 {change['added']} 条，"
            f"改动 {change['changed']} 条，删去 {change['gone']} 条。"
        )
    if report.under_review and not as_json:
        moved = "，".join(f"{KIND_WORDS[kind]} {n}" for kind, n in report.under_review.items())
        click.echo(f"所引条文有变动，列入法规变动待核：{moved}（见 /law-reviews）。")
    if report.problems or not (files or tables):
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
@click.option(
    "--state",
    type=click.Choice(IMPORT_STATES),
    default="draft",
    show_default=True,
    help="draft 须在平台审核后才能使用；operational 表示已在别处审定",
)
@click.option(
    "--map", "pairs", multiple=True, help="Excel、CSV 的列是什么，如 题干=Question；可多次，只管这一次"
)
@DRY_RUN
@AS_JSON
def items_import(  # noqa: PLR0913 - one for each option
    path: Path,
    kind: str,
    purpose: str,
    unit: str | None,
    skip_faulty: bool,
    state: str,
    pairs: tuple[str, ...],
    dry_run: bool,
    as_json: bool,
) -> None:
    """导入试题：Excel（.xlsx）、CSV、Moodle XML、GIFT、Aiken、QTI（.xml 或 .zip）或 JSON，按内容辨认。

    有一题不合格就都不导入，除非写明 --skip-faulty。JSON 报告的 rows 逐题列出结果和答案。
    网页上说明过的表头在这里同样有效。
    """
    need_file(path, as_json, dry_run)
    if path.is_dir():
        raise DomainError(f"“{path.name}”是文件夹，请给出一个文件。", code="unreadable_file")
    try:
        fields = told(pairs)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    with opened() as core, progress_bar("检查") as progress:
        plan = ImportPlan(
            ItemPurpose(purpose), skip_faulty, dry_run, state=ItemState(state), progress=progress
        )
        with core.database.reading() as db:
            maps = column_maps(db, fields)
        try:
            file = read_item_file(path.read_bytes(), path.name, kind, unit, maps)
        except DomainError as error:
            if not as_json:
                raise
            tell(ImportReport(rejected=1, problems=[Problem(path.name, "", error.message)]), as_json, dry_run)
            sys.exit(REFUSED)
        report = import_in_steps(core.database, file, plan, COMMAND_LINE, core.clock())
        with core.database.reading() as db:
            explained = explanations(db, file.remembered)
    for one in [] if as_json else explained:
        click.echo(f"各列按 {one.saved_by} 于 {beijing(one.saved_at):%Y-%m-%d} 的说明对应。", err=True)
    tell(report, as_json, dry_run, report.full_json())
    if report.batch and not as_json:
        click.echo(f"批次 {report.batch}；未使用前可撤销：tiejun items undo {report.batch}")
    if report.rejected:
        sys.exit(SOME_LEFT_OUT if skip_faulty else REFUSED)


@items.command("undo")
@click.argument("batch", type=click.UUID)
def items_undo(batch: UUID) -> None:
    """撤销一次导入：BATCH 是导入报告中的批次。其中任何一题已被使用，就全部不撤销（退出码 1）。

    新增的试题删去，更新过的试题退回上一版；导入的记录保留，注明何人何时撤销。
    """
    with opened() as core, core.database.transaction() as db:
        try:
            undone = undo_batch(db, EVERYTHING, batch, COMMAND_LINE, core.clock())
        except Rejected as refused:
            for problem in refused.problems:
                click.echo(f"{problem.field}：{problem.message}", err=True)
            raise
    click.echo(f"已撤销：删去 {undone.items} 题，退回 {undone.versions} 题。")


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
        made = export_bank(db, EVERYTHING, item_filter(_asked(query)), COMMAND_LINE, core.clock(), kind)
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
