"""Commands of notices: what the worker does, by hand or by a timer; and a trial of the mail settings."""

import sys
from uuid import uuid4

import click

from tiejun.installation import opened
from tiejun.mail import MAIL_ERRORS, Letter, compose, connected, is_configured, reason
from tiejun.notices.delivery import Outcome, deliver
from tiejun.notices.service import scan
from tiejun.people.rules import email_fault


@click.group()
def notices() -> None:
    """通知与邮件。"""


@notices.command("scan")
def notices_scan() -> None:
    """查找应发的通知（登记、考前一天、成绩、补考到期），每条只发一次。"""
    with opened() as core:
        made = scan(core.database, core.clock(), is_configured(core.settings))
    click.echo(f"新发通知 {made} 条。")


@notices.command("send")
def notices_send() -> None:
    """发送到时间的邮件。"""
    with opened() as core:
        if not is_configured(core.settings):
            raise click.ClickException("没有设置 TIEJUN_SMTP_HOST，不发邮件。")
        done = Outcome()
        while (step := deliver(core.database, core.settings, core.clock())).sent or step.given_up:
            done = done + step
        done = done + step
    click.echo(f"已发 {done.sent} 封，失败待重发 {done.failed} 封，放弃 {done.given_up} 封。")
    if done.failed:
        sys.exit(1)


@notices.command("test-mail")
@click.argument("address")
def notices_test_mail(address: str) -> None:
    """向 ADDRESS 发一封测试邮件。"""
    if fault := email_fault(address):
        raise click.ClickException(f"邮箱地址{fault}。")
    with opened() as core:
        settings = core.settings
        if not is_configured(settings):
            raise click.ClickException("没有设置 TIEJUN_SMTP_HOST，不发邮件。")
        text = f"收到这封邮件，说明铁军的邮件设置正确。\n{settings.base_url}\n"
        letter = Letter(f"test-{uuid4().hex}", address, "【铁军】测试邮件", text, core.clock())
        try:
            with connected(settings) as server:
                server.send_message(compose(letter, settings), settings.smtp_from, [address])
        except MAIL_ERRORS as error:
            raise click.ClickException(
                f"没有发出：{reason(error)}。请核对 TIEJUN_SMTP_ 开头的设置。"
            ) from error
    click.echo(f"已发往 {address}。")
