"""The printed papers: archival PDF with Chinese text, and nothing printed with a hole in it."""

import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.prints import samples
from tiejun.prints import fonts
from tiejun.prints.fonts import FontShelf, NoChineseFont
from tiejun.prints.render import (
    TEMPLATES,
    Printer,
    UnprintableText,
    printer,
    render_certificate,
    render_exam_record,
    render_make_up_notice,
)

AT = datetime(2026, 11, 20, 8, tzinfo=UTC)
UNKNOWN = "\U0002a6a5"  # a character of four dragons that no installed font draws


@pytest.fixture(autouse=True, scope="module")
def _chinese_font():
    if not printer().shelf.families:
        pytest.skip("no Chinese font is installed")


def pages(pdf):
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


@pytest.mark.parametrize(
    ("render", "data", "count"),
    [
        (render_certificate, samples.certificate(), 1),
        (render_make_up_notice, samples.notice(), 1),
        (render_exam_record, samples.record(seats=4), 1),
        (render_exam_record, samples.record(seats=56), 2),
    ],
    ids=["certificate", "notice", "record of one page", "record of two pages"],
)
def test_every_paper_is_archival_pdf(render, data, count):
    pdf = render(data, AT)

    assert pdf.startswith(b"%PDF-")
    assert b"<pdfaid:part>2</pdfaid:part>" in pdf
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in pdf
    assert pages(pdf) == count


def test_the_longest_names_stay_on_one_page():
    data = samples.certificate(
        name=samples.LONG_NAME,
        unit=samples.LONG_UNIT,
        issuer="新疆维吾尔自治区生态环境厅生态环境保护综合行政执法总队（样张）",
    )

    assert pages(render_certificate(data, AT)) == 1


def test_marks_and_missing_values_are_printable():
    data = samples.certificate(
        valid_until=None,
        duplicate={"word": "补证", "note": "2027.03.08 补发，编号不变"},
        revoked={"word": "已撤销", "note": "本证书已于2027年1月15日撤销。"},
    )
    data["class"] = data["class"] | {"hours": None}

    assert pages(render_certificate(data, AT)) == 1


def test_equal_data_give_equal_files_and_another_moment_another_file():
    one, again = (render_certificate(samples.certificate(), AT) for _ in range(2))

    assert one == again
    assert render_certificate(samples.certificate(), AT + timedelta(days=1)) != one


def test_a_clock_with_microseconds_is_printed_to_the_second():
    assert render_make_up_notice(samples.notice(), AT.replace(microsecond=7)) == render_make_up_notice(
        samples.notice(), AT
    )


def test_the_text_of_a_certificate_can_be_searched(tmp_path):
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    path = tmp_path / "certificate.pdf"
    path.write_bytes(render_certificate(samples.certificate(), AT))

    text = subprocess.run(
        ["pdftotext", "-layout", path, "-"], capture_output=True, check=True, text=True
    ).stdout

    for part in ("欧阳䶮䶮", "5120260001", "二〇二六年十月十三日", "2026年9月19日", "C6F4 841C"):
        assert part in text


def test_rare_characters_of_real_names_are_drawn():
    assert printer().shelf.missing("䶮㛃𠮷") == ""


def test_a_name_that_no_font_can_draw_is_refused_by_name_and_character():
    with pytest.raises(UnprintableText) as caught:
        render_certificate(samples.certificate(name=f"欧阳{UNKNOWN}{UNKNOWN}"), AT)

    assert f"“欧阳{UNKNOWN}{UNKNOWN}”" in caught.value.message
    assert "U+2A6A5" in caught.value.message
    assert caught.value.details["missing"] == [{"text": f"欧阳{UNKNOWN}{UNKNOWN}", "characters": UNKNOWN}]


def test_one_unprintable_seat_of_a_record_is_named():
    data = samples.record(seats=3)
    data["seats"][1]["name"] = f"赵{UNKNOWN}"

    with pytest.raises(UnprintableText) as caught:
        render_exam_record(data, AT)

    assert [fault["text"] for fault in caught.value.details["missing"]] == [f"赵{UNKNOWN}"]


def test_without_a_chinese_font_nothing_is_printed(tmp_path):
    bare = Printer(FontShelf(tmp_path, system=False))

    with pytest.raises(NoChineseFont, match="fonts-noto-cjk"):
        bare.certificate(samples.certificate(), AT)


def test_a_single_face_of_our_own_is_enough(tmp_path):
    faces = [
        face for face in printer().shelf.fonts.fonts() if face.family in fonts.SANS and face.weight == 400
    ]
    if not faces:
        pytest.skip("no sans-serif Chinese font is installed")
    (tmp_path / Path(faces[0].path).name).symlink_to(faces[0].path)
    lonely = Printer(FontShelf(tmp_path, system=False))

    assert lonely.shelf.families[0] in fonts.SANS
    assert pages(lonely.certificate(samples.certificate(), AT)) == 1
    assert pages(lonely.exam_record(samples.record(seats=4), AT)) == 1
    assert pages(lonely.make_up_notice(samples.notice(), AT)) == 1


def test_templates_and_checks_name_the_same_families():
    text = (TEMPLATES / "lib.typ").read_text("utf-8")

    def families(name):
        (listed,) = re.findall(rf"^#let {name} = \(([^)]*)\)", text, re.MULTILINE)
        return tuple(re.findall(r'"([^"]+)"', listed))

    assert families("sans") == fonts.SANS
    assert families("serif") + families("sans") == fonts.SERIF
