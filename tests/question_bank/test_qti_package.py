"""QTI packages: found through their manifest, opened safely, images kept; and the real files of others."""

import base64
import hashlib
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from question_bank.assembly.form import item_images
from question_bank.formats import qti_package
from question_bank.formats.qti import XmlRefused, is_qti, read_qti
from question_bank.formats.report import QuestionReport
from question_bank.item import Item, Part
from question_bank.scoring import score_response
from question_bank.terms import PartType
from tests.question_bank.moodle import image_bytes
from tests.question_bank.qti import NAMESPACES, choice, declared, item, manifest, package, zipped

ITEM = item(choice("甲", "乙"), declared("A"))
PHOTO = image_bytes("red")


def stems(content: bytes) -> list[str]:
    report = read_qti(content)
    assert report.problems == []
    return [item.parts[0].stem for item in report.items]


def asking(stem: str) -> bytes:
    return item(choice("甲", "乙", prompt=stem), declared("A"))


def showing(source: str) -> bytes:
    return item(f'<p>看图<img src="{source}" alt="排放口"/></p>' + choice("甲", "乙"), declared("A"))


def refused(content: bytes) -> str:
    with pytest.raises(XmlRefused) as caught:
        read_qti(content)
    return str(caught.value)


def test_items_come_in_the_order_of_the_manifest():
    files = {"a.xml": asking("甲？"), "b/b.xml": asking("乙？"), "unlisted.xml": asking("丙？")}
    assert stems(package(files, "b/b.xml", "a.xml")) == ["乙？", "甲？"]


def test_a_manifest_one_folder_down_and_the_litter_of_other_systems_do_no_harm():
    files = {
        "卷一/imsmanifest.xml": manifest(("item", "q/1.xml")),
        "卷一/q/1.xml": asking("甲？"),
        "__MACOSX/卷一/imsmanifest.xml": b"\x00",
        "卷一/.DS_Store": b"\x00",
    }
    assert stems(zipped(files)) == ["甲？"]


def test_addresses_with_ampersands_blanks_and_their_escapes_are_found():
    files = {"a & b.xml": asking("甲？"), "c%20d.xml": asking("乙？"), "e f.xml": asking("丙？")}
    assert stems(package(files, "a%20&amp;%20b.xml", "c%20d.xml", "e f.xml")) == ["甲？", "乙？", "丙？"]


def test_items_that_only_a_test_lists_come_in_once():
    test = b'<assessmentTest><testPart><assessmentSection><assessmentItemRef href="../q/1.xml"/>'
    test += b'<assessmentItemRef href="../q/2.xml"/></assessmentSection></testPart></assessmentTest>'
    files = {
        "imsmanifest.xml": manifest(("test", "t/test.xml"), ("item", "q/2.xml"), version="3p0"),
        "t/test.xml": test,
        "q/1.xml": asking("甲？"),
        "q/2.xml": asking("乙？"),
    }
    assert stems(zipped(files)) == ["甲？", "乙？"]


def test_a_wrong_address_is_named_and_the_other_items_come_in():
    report = read_qti(package({"a.xml": ITEM}, "a.xml", "gone.xml"))
    assert (report.read, len(report.items), len(report.faulty_rows)) == (2, 1, 1)
    assert "清单写有“gone.xml”，包里没有这个文件" in str(report.problems[0])


def test_an_item_that_is_not_well_formed_or_none_is_named_and_the_others_come_in():
    files = {"a.xml": ITEM, "b.xml": b"<assessmentItem>\n<m:math></assessmentItem>", "c.xml": b"<html/>"}
    report = read_qti(package(files, "a.xml", "b.xml", "c.xml"))
    assert (report.read, len(report.items)) == (3, 1)
    assert ["“b.xml”" in str(report.problems[0]), "第 2 行" in str(report.problems[0])] == [True, True]
    assert "最外层应为 assessmentItem，这里是 html" in str(report.problems[1])


def test_images_of_the_package_come_along_as_bytes_under_the_digest_of_their_file():
    files = {"q/a.xml": showing("../media/%E5%9B%BE%201.png"), "media/图 1.png": PHOTO}
    report = read_qti(package(files, "q/a.xml"))
    digest = hashlib.sha256(PHOTO).hexdigest()
    assert item_images(report.items[0]) == [digest]
    assert (report.images, report.image_names) == ({digest: PHOTO}, {digest: "图 1.png"})
    assert "![排放口](image:" in report.items[0].parts[0].stem


def test_an_image_inside_the_item_itself_is_kept():
    packed = base64.b64encode(PHOTO).decode()
    report = read_qti(showing(f"data:image/png;base64,{packed}"))
    assert item_images(report.items[0]) == [hashlib.sha256(PHOTO).hexdigest()]


def test_a_picture_as_an_object_is_an_image_and_what_it_says_instead_is_its_text():
    body = '<div><object type="image/png" data="a.png"><p>排放口</p></object></div>' + choice("甲", "乙")
    report = read_qti(package({"a.xml": item(body, declared("A")), "a.png": PHOTO}, "a.xml"))
    assert "![排放口](image:" in report.items[0].parts[0].stem


STIMULUS = '<qti-assessment-stimulus xmlns="{}" identifier="S"><qti-stimulus-body>{}</qti-stimulus-body>'
STIMULUS = (STIMULUS + "</qti-assessment-stimulus>").format(
    NAMESPACES["3.0"], '<p>某企业夜间排放。<img src="img/a%20b.png" alt="排放口"/></p>'
)


def with_stimulus(*questions: str, declarations: str, **other: str) -> bytes:
    more = '<assessmentStimulusRef identifier="S" href="../text/s.xml"/>'
    return item("".join(questions), declarations + more, version="3.0", **other)


def test_a_shared_stimulus_stands_before_the_question_with_its_images():
    files = {
        "q/1.xml": with_stimulus(choice("甲", "乙"), declarations=declared("A")),
        "q/2.xml": with_stimulus(
            choice("甲", "乙", name="R1"),
            choice("丙", "丁", name="R2"),
            declarations=declared("A", name="R1") + declared("B", name="R2"),
            scoring="",
        ),
        "text/s.xml": STIMULUS.encode(),
        "text/img/a b.png": PHOTO,
    }
    report = read_qti(package(files, "q/1.xml", "q/2.xml"))
    assert report.problems == []
    one, many = report.items
    mark = f"![排放口](image:{hashlib.sha256(PHOTO).hexdigest()})"
    assert one.parts[0].stem == f"某企业夜间排放。{mark}\n下列哪一项正确？"
    assert (many.stimulus, len(many.parts)) == (f"<p>某企业夜间排放。{mark}</p>", 2)


@pytest.mark.parametrize(
    ("stimulus", "reason"),
    [(None, "不在文件之内"), (b"<a>\n<b></a>", "第 2 行"), (b"<html/>", "没有正文")],
)
def test_a_stimulus_that_cannot_be_read_refuses_its_item(stimulus: bytes | None, reason: str):
    files = {"q/1.xml": with_stimulus(choice("甲", "乙"), declarations=declared("A"))}
    report = read_qti(package(files | ({"text/s.xml": stimulus} if stimulus else {}), "q/1.xml"))
    assert report.items == []
    assert reason in str(report.problems[0])
    assert "请导入整个包" in str(read_qti(files["q/1.xml"]).problems[0])


@pytest.mark.parametrize(
    ("source", "reason"),
    [("gone.png", "缺少图片“gone.png”"), ("a.svg", "不是 PNG、JPEG 或 GIF"), ("../../a.png", "缺少图片")],
)
def test_an_image_that_cannot_be_kept_refuses_its_item(source: str, reason: str):
    report = read_qti(package({"q.xml": showing(source), "a.svg": b"<svg/>"}, "q.xml"))
    assert report.items == []
    assert reason in str(report.problems[0])


def test_chinese_file_names_of_windows_are_read():
    name = "试题\\第一题.xml".encode("gb18030")
    stand_in = "Q" * len(name)
    content = zipped({"imsmanifest.xml": manifest(("item", "试题/第一题.xml")), stand_in: ITEM})
    # Without the mark of UTF-8, as the Explorer of a Chinese Windows and old tools write them.
    assert len(read_qti(content.replace(stand_in.encode(), name)).items) == 1


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"a.xml": ITEM}, "没有清单 imsmanifest.xml"),
        ({"a/b/imsmanifest.xml": manifest(("item", "a.xml"))}, "没有清单"),
        ({"a/imsmanifest.xml": b"", "b/imsmanifest.xml": b""}, "有几个清单"),
        ({"imsmanifest.xml": b"<html/>"}, "最外层应为 manifest"),
        ({"imsmanifest.xml": manifest(("webcontent_x", "a.html"))}, "没有 QTI 试题"),
        ({"imsmanifest.xml": manifest(("imsqti_xmlv1p2", "a.xml"))}, "QTI 1.x"),
        ({"imsmanifest.xml": b'<!DOCTYPE m [<!ENTITY a "b">]><manifest/>'}, "DOCTYPE"),
        ({"../evil.xml": ITEM}, "不安全"),
        ({"/etc/evil.xml": ITEM}, "不安全"),
        ({"a\\..\\..\\evil.xml": ITEM}, "不安全"),
        ({"C:\\evil.xml": ITEM}, "不安全"),
    ],
)
def test_a_package_without_items_or_with_unsafe_paths_is_refused(files: Mapping[str, bytes], reason: str):
    assert reason in refused(zipped(files))


def test_a_damaged_archive_is_refused():
    content = package({"a.xml": ITEM * 50}, "a.xml")
    assert "已损坏" in refused(b"PK\x03\x04" + b"\x00" * 60)
    assert "已损坏" in refused(content[:-30])
    at = content.index(b"a.xml") + 10
    assert "已损坏" in refused(content[:at] + b"\xff" * 20 + content[at + 20 :])


def test_a_password_is_named():
    content = bytearray(package({"a.xml": ITEM}, "a.xml"))
    at = content.rindex(b"PK\x01\x02")
    content[at + 8] |= 1
    assert "有密码" in refused(bytes(content))


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch):
    bomb = zipped({f"{n}.bin": bytes(1024 * 1024) for n in range(4)})
    assert "超过 20 MB" in refused(zipped({"a.bin": bytes(qti_package.MAX_FILE + 1)}))
    assert "没有清单" in refused(bomb)
    monkeypatch.setattr(qti_package, "MAX_TOTAL", 3 * 1024 * 1024)
    assert "解开后超过 3 MB" in refused(bomb)


def test_a_file_larger_than_the_archive_admits_is_not_read_to_its_end():
    content = bytearray(package({"a.xml": bytes(qti_package.MAX_FILE + 1)}, "a.xml"))
    at = content.rindex(b"PK\x01\x02")
    content[at + 24 : at + 28] = (100).to_bytes(4, "little")
    assert "已损坏" in refused(bytes(content))


def test_too_many_files_are_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(qti_package, "MAX_FILES", 1)
    assert "超过 1 个文件" in refused(package({"a.xml": ITEM}, "a.xml"))


def test_an_archive_is_a_package_if_it_has_a_manifest():
    assert is_qti(package({"a.xml": ITEM}, "a.xml"))
    assert is_qti(zipped({"a/b/c/imsmanifest.xml": b""}))
    assert not is_qti(zipped({"a.xml": ITEM}))
    assert not is_qti(zipped({"[Content_Types].xml": b"", "xl/workbook.xml": b""}))
    assert not is_qti(b"PK\x03\x04 damaged")


# --- the files of others

TAKEN = {"qti21": (9, 12), "qti22": (25, 57), "qti30": (35, 45), "qti30-scoring": (3, 8), "qti-bad": (0, 1)}
"""How many of the folder's items come in, of how many that are read."""
ADAPTS = ("adaptive", "template")
NOT_HELD = ("本系统没有 QTI 的", "自适应题", "模板变量")
KINDS = {
    "single-choice": "single",
    "true-false": "true_false",
    "multiple-choice": "multiple",
    "inline-choice": "inline_choice",
    "essay": "essay",
    "text-entry": "fill_in",
    "cloze-text": "fill_in",
    "match": "match",
    "associate": "match",
    "order": "order",
    "hottext": "hottext",
    "gap-match": "gap_match",
    "hotspot": "hotspot",
    "select-point": "hotspot",
    "slider": "slider",
    "upload": "upload",
    "composite(choice+gapMatch+inlineChoice+textEntry)": "case",
    "composite(textEntry+upload)": "case",
    "composite(choice+slider)": "case",
}
"""What the manifest's kinds are here."""
WHOLE = {
    "InvalidArchive.zip": "既不是有效的 ZIP 压缩包，也不是 XML",
    "MissingManifest.zip": "没有清单 imsmanifest.xml",
    "BGtest.xml": "这里是 assessmentTest",
    "imsmanifest.xml": "这里是 manifest",
}
"""Files that are refused as a whole."""
WHY = {
    "choice.xml": "请导入含图片的整个 ZIP 包",
    "extended_text_rubric.xml": "请导入含图片的整个 ZIP 包",
    "BG011.xml": "请导入含图片的整个 ZIP 包",
    "audio-video.xml": "不能显示的 <video>",
    "math.xml": "不能显示的 <math>",
    "MathML.xml": "不能显示的 <math>",
    "inline_choice_math.xml": "不能显示的 <math>",
    "orkney1.xml": "不能显示的 <object>",
    "orkney2.xml": "不能显示的 <object>",
    "svg.xml": "不是 PNG、JPEG 或 GIF",
    "nested_object.xml": "不是 PNG、JPEG 或 GIF",
    "likert.xml": "没有声明答案",
    "choice_multiple_chocolade.xml": "选项有 14 个",
    "choice_ruby.xml": "选项有 10 个",
    "upload_composite.xml": "有一空没有声明答案",
    "data-attributes.xml": "缺少图片",
    "choices.xml": "互相牵连",
    "exemplar04.xml": "缺少图片“passages/images/",
    "exemplar05.xml": "缺少图片“passages/images/",
    "exemplar06.xml": "缺少图片“passages/images/",
    "QTI3-hotspot.xml": "请导入含图片的整个 ZIP 包",
    "map-response-template.xml": "请导入含图片的整个 ZIP 包",
    "map-response-point-template.xml": "请导入含图片的整个 ZIP 包",
    "simple-match-processing.xml": "请导入含图片的整个 ZIP 包",
    "with-else-if.xml": "请导入含图片的整个 ZIP 包",
    "extended-text-outcome-declaration-without-default.xml": "应为文字或数，这里是 identifier",
}
"""Why an item of a type that we hold is refused."""


def entries(test_data: Path, folder: str) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    for entry in json.loads((test_data / "MANIFEST.json").read_text(encoding="utf-8")):
        if str(entry.get("file")).startswith(f"{folder}/"):
            yield test_data / entry["file"], entry["expected"]


def sources(path: Path) -> Mapping[str, str]:
    """Return the XML files of a package, or the one file, by name."""
    if path.suffix != ".zip":
        return {"": path.read_text(encoding="utf-8")}
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml")}


OPTIONS = {
    "single": r"simple-?[cC]hoice",
    "multiple": r"simple-?[cC]hoice",
    "order": r"simple-?[cC]hoice",
    "inline_choice": r"inline-?[cC]hoice",
    "hottext": r"hottext",
    "gap_match": r"gap-?(?:[tT]ext|[iI]mg)",
    "hotspot": r"hotspot-?[cC]hoice",
    "match": r"simple-?[aA]ssociable-?[cC]hoice",
}


def names(part: Part, source: str, correct: list[str]) -> dict[str, str]:
    """Return our option ids as the source names them, the options being in the order of the source."""
    spelled = rf'<(?:qti-)?{OPTIONS[part.type.value]}\s[^>]*?identifier="([^"]+)"'
    found = re.findall(spelled, source)
    ours = [option.id for option in (*part.options, *part.targets)]
    if part.type is PartType.MATCH and re.search("associate-?[iI]nteraction", source):
        # The options of an associate are divided into columns: what a pair begins with stands on the left.
        firsts = {pair.split()[0] for pair in correct}
        found = [one for one in found if one in firsts] + [one for one in found if one not in firsts]
    return dict(zip(ours, found, strict=True))


def found_key(part: Part, source: str, correct: list[str]) -> list[str]:
    """Return the key of a part in the words of its source, as the manifest has it."""
    key: Any = part.key
    if part.type in (PartType.ESSAY, PartType.UPLOAD):
        return []
    if part.type is PartType.SLIDER:
        return [str(key)]
    if part.type is PartType.TRUE_FALSE:
        return ["true" if key else "false"]
    if part.type is PartType.FILL_IN:
        return [accepted[0] for accepted in key]
    ours = names(part, source, correct)
    if part.type is PartType.MATCH:
        return sorted(f"{ours[one]} {ours[other]}" for one, other in key)
    if part.type is PartType.GAP_MATCH:
        gaps = re.findall(r'<(?:qti-)?gap\s[^>]*?identifier="([^"]+)"', source)
        return sorted(f"{ours[word]} {gap}" for word, gap in zip(key, gaps, strict=True) if word)
    found = [ours[one] for one in ([key] if isinstance(key, str) else key)]
    return found if part.type is PartType.ORDER else sorted(found)


def right_value(part: Part) -> object:
    """Return the response that is the key."""
    key: Any = part.key
    return [accepted[0] for accepted in key] if part.type is PartType.FILL_IN else key


def check_keys(parts: tuple[Part, ...], responses: Mapping[str, Any], source: str, here: str) -> None:
    """Check that the keys of an item are the recorded answers, where there are any."""
    expected = [value for response in responses.values() for value in response["correct"] or ()]
    if parts[0].type is PartType.HOTSPOT and not parts[0].options:
        return  # A point, told in pixels of the picture itself: what it scores is checked.
    found = [value for part in parts for value in found_key(part, source, expected)]
    if not expected or parts[0].type is PartType.ESSAY:
        return
    if parts[0].type in (PartType.ORDER, PartType.FILL_IN):
        assert found == expected, here
    else:
        assert sorted(found) == sorted(expected), here


def check_item(report: QuestionReport, expected: Mapping[str, Any], source: str, file: str) -> bool:
    """Check one item of the manifest against a report; return whether it came in."""
    here = f"“{expected['identifier']}”" + (f"（{expected['file']}）" if "file" in expected else "")
    rows = [row for row in report.rows if here in row]
    reasons = [problem.message for problem in report.problems if here in problem.where]
    assert bool(rows) != bool(reasons), here
    if reasons:
        is_held = expected["kind"] in KINDS and not str(expected["scores"].get("skip")).startswith(ADAPTS)
        assert any(reason in reasons[0] for reason in ([WHY[file]] if is_held else NOT_HELD)), here
        return False
    found = report.items[report.rows.index(rows[0])]
    kind = KINDS[expected["kind"]]
    # Two options whose words are neither true nor false are a single choice.
    assert found.kind.value in ({kind, "single"} if kind == "true_false" else {kind}), here
    assert len(found.parts) == (4 if kind == "case" else 1), here
    check_keys(found.parts, expected["responses"], source, here)
    assert found.source is not None
    assert found.source.identifier == expected["identifier"]
    assert ("responseProcessing" in source or "response-processing" in source) == bool(
        found.source.processing
    )
    if isinstance(expected["scores"].get("correct"), float | int) and kind != "essay":
        scores = [score_response(part, right_value(part)).points for part in found.parts]
        assert float(sum(scores)) == expected["scores"]["correct"] == float(found.points), here
    if "empty" in expected["scores"]:
        assert expected["scores"]["empty"] == sum(score_response(p, None).points for p in found.parts)
    assert Item.from_json(json.loads(json.dumps(found.to_json()))) == found
    return True


@pytest.mark.parametrize("folder", TAKEN)
def test_each_real_item_comes_in_with_its_recorded_key_or_is_refused_by_name(test_data: Path, folder: str):
    taken = read = 0
    for path, expected in entries(test_data, folder):
        name = path.name
        if name in WHOLE:
            assert WHOLE[name] in refused(path.read_bytes())
            continue
        report = read_qti(path.read_bytes())
        read += report.read
        assert len(report.rows) + len(report.faulty_rows) == report.read
        if missing := expected.get("package", {}).get("missing"):
            assert [str(problem.message) for problem in report.problems] == [
                f"清单写有“wrong/path/to/{missing[0]}”，包里没有这个文件"
            ]
            continue
        assert report.read == len(expected["items"]), name
        files = sources(path)
        for one in expected["items"]:
            source = next(text for at, text in files.items() if f"/{at}".endswith(f"/{one.get('file', '')}"))
            taken += check_item(report, one, source, Path(one.get("file", name)).name)
    assert (taken, read) == TAKEN[folder]
