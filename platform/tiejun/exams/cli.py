"""Commands of the exams."""

import click


@click.group()
def exams() -> None:
    """考试。"""
