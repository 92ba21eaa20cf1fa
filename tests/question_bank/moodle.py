"""Moodle XML made for tests, and the smallest images."""

import base64
import io

from PIL import Image


def image_bytes(colour: str = "red", kind: str = "PNG", size: tuple[int, int] = (4, 3)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind)
    return out.getvalue()


def file(name: str, content: bytes) -> str:
    return f'<file name="{name}" path="/" encoding="base64">{base64.b64encode(content).decode()}</file>'


def html(text: str, *files: str, tag: str = "questiontext") -> str:
    return f'<{tag} format="html"><text><![CDATA[{text}]]></text>{"".join(files)}</{tag}>'


def answer(text: str, fraction: object, feedback: str = "", *files: str) -> str:
    told = f'<feedback format="html"><text>{feedback}</text></feedback>' if feedback else ""
    return (
        f'<answer fraction="{fraction}" format="html"><text><![CDATA[{text}]]></text>'
        f"{''.join(files)}{told}</answer>"
    )


def question(kind: str, *inside: str, name: str = "某题", stem: str = "<p>下列哪一项正确？</p>") -> str:
    text = "" if any("<questiontext" in part for part in inside) else html(stem)
    return f'<question type="{kind}"><name><text>{name}</text></name>{text}{"".join(inside)}</question>'


def choice(*inside: str, single: bool = True, **other: str) -> str:
    answers = inside or (answer("甲", 100), answer("乙", 0))
    return question("multichoice", f"<single>{str(single).lower()}</single>", *answers, **other)


def quiz(*questions: str, encoding: str = "UTF-8") -> bytes:
    return f'<?xml version="1.0" encoding="{encoding}"?>\n<quiz>{"".join(questions)}</quiz>'.encode(encoding)
