"""What commands that import share: their options and the printing of a report."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from question_bank.words import said
from tiejun.errors import Problem
from tiejun.imports import ImportReport, Progress, silent

DRY_RUN = click.option("--dry-run", is_flag=True, help="只检查，不写入")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="以 JSON 输出报告")


WRONG_USAGE = 2


def need_file(path: Path, as_json: bool, dry_run: bool) -> None:
    """End the command with status 2 if there is nothing at `path`; who asked for JSON gets a report, too."""
    if path.exists():
        return
    message = said("没有“%(path)s”这个文件。", path=path)
    if not as_json:
        raise click.UsageError(message)
    tell(ImportReport(rejected=1, problems=[Problem(path.name, "", message)]), as_json, dry_run)
    sys.exit(WRONG_USAGE)


@contextmanager
def progress_bar(words: str) -> Iterator[Progress]:
    """Show how far something long is, on the error stream and only if that is a terminal."""
    if not sys.stderr.isatty():
        yield silent
        return
    with click.progressbar(length=100, label=words, file=sys.stderr) as bar:
        yield lambda percent: bar.update(percent - bar.pos)


def tell(report: ImportReport, as_json: bool, dry_run: bool, whole: dict[str, Any] | None = None) -> None:
    """Print a report, problems and warnings on the error stream unless it is JSON.

    Args:
        whole: what is printed as JSON, where that is more than `report.to_json()`.
    """
    if as_json:
        click.echo(json.dumps(whole or report.to_json(), ensure_ascii=False, indent=2))
        return
    for problem in report.problems:
        click.echo(f"有误　{problem.where}　{problem.field}：{problem.message}", err=True)
    for warning in report.warnings:
        click.echo(f"注意　{warning.where}　{warning.field}：{warning.message}", err=True)
    click.echo(
        f"读取 {report.read}，新增 {report.created}，更新 {report.updated}，"
        f"未变 {report.unchanged}，不合格 {report.rejected}。"
    )
    if not report.is_written:
        click.echo("这是检查，没有写入任何内容。" if dry_run else "没有写入任何内容。")
