"""QTI made for tests: written as 2.x, turned into 3.0 where a test asks for it; and packages."""

import io
import re
import zipfile
from collections.abc import Mapping

NAMESPACES = {
    "2.0": "http://www.imsglobal.org/xsd/imsqti_v2p0",
    "2.1": "http://www.imsglobal.org/xsd/imsqti_v2p1",
    "2.2": "http://www.imsglobal.org/xsd/imsqti_v2p2",
    "3.0": "http://www.imsglobal.org/xsd/imsqtiasi_v3p0",
}
VERSIONS = ("2.1", "2.2", "3.0")
_HTML = frozenset(
    {"p", "div", "span", "img", "br", "b", "blockquote", "ul", "li", "table", "tr", "td", "ruby"}
)
_HTML_TOO = frozenset(
    {"rt", "rp", "video", "script", "object", "math", "figure", "figcaption", "a", "em", "sup"}
)
TEMPLATES = "http://www.imsglobal.org/question/qti_v2p1/rptemplates"
MATCH_CORRECT = f'<responseProcessing template="{TEMPLATES}/match_correct"/>'
MAP_RESPONSE_POINT = f'<responseProcessing template="{TEMPLATES}/map_response_point"/>'
MAP_RESPONSE = f'<responseProcessing template="{TEMPLATES}/map_response.xml"/>'
SCORE = '<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>'


def declared(
    *correct: str,
    name: str = "RESPONSE",
    many: bool = False,
    kind: str = "identifier",
    mapping: str = "",
) -> str:
    """Return a response declaration."""
    values = "".join(f"<value>{value}</value>" for value in correct)
    return (
        f'<responseDeclaration identifier="{name}" cardinality="{"multiple" if many else "single"}" '
        f'baseType="{kind}">{f"<correctResponse>{values}</correctResponse>" if correct else ""}{mapping}'
        "</responseDeclaration>"
    )


def mapping(bounds: str = "", **points: float) -> str:
    """Return a mapping; `bounds` are further attributes."""
    entries = "".join(f'<mapEntry mapKey="{key}" mappedValue="{worth}"/>' for key, worth in points.items())
    return f"<mapping {bounds}>{entries}</mapping>"


def choice(
    *texts: str, name: str = "RESPONSE", most: int = 1, prompt: str = "下列哪一项正确？", inside: str = ""
) -> str:
    """Return a choice; its options are A, B, C …"""
    options = "".join(
        f'<simpleChoice identifier="{chr(65 + n)}">{text}</simpleChoice>' for n, text in enumerate(texts)
    )
    return (
        f'<choiceInteraction responseIdentifier="{name}" shuffle="true" maxChoices="{most}">'
        f"<prompt>{prompt}</prompt>{options}{inside}</choiceInteraction>"
    )


def inline(*texts: str, name: str = "RESPONSE") -> str:
    """Return a choice from a list in running text."""
    options = "".join(
        f'<inlineChoice identifier="{chr(65 + n)}">{text}</inlineChoice>' for n, text in enumerate(texts)
    )
    return f'<inlineChoiceInteraction responseIdentifier="{name}">{options}</inlineChoiceInteraction>'


def entry(name: str = "RESPONSE") -> str:
    """Return a text entry."""
    return f'<textEntryInteraction responseIdentifier="{name}" expectedLength="20"/>'


def essay(prompt: str = "论述三性。", name: str = "RESPONSE") -> str:
    """Return an extended text."""
    inside = f"<prompt>{prompt}</prompt>"
    return f'<extendedTextInteraction responseIdentifier="{name}">{inside}</extendedTextInteraction>'


def choices(tag: str, *names: str, most: int = 1) -> str:
    """Return options that may be used so often."""
    return "".join(f'<{tag} identifier="{name}" matchMax="{most}">{name}项</{tag}>' for name in names)


def match(left: str = "AB", right_: str = "XYZ", most: int = 1, limit: int = 0) -> str:
    """Return two columns, each letter an option."""
    columns = "".join(
        f"<simpleMatchSet>{choices('simpleAssociableChoice', *names, most=use)}</simpleMatchSet>"
        for names, use in ((left, most), (right_, 0))
    )
    return (
        f'<matchInteraction responseIdentifier="RESPONSE" maxAssociations="{limit}">'
        f"<prompt>连线。</prompt>{columns}</matchInteraction>"
    )


def associate(*names: str) -> str:
    """Return one list to find pairs in."""
    inner = choices("simpleAssociableChoice", *names)
    return (
        '<associateInteraction responseIdentifier="RESPONSE" maxAssociations="2"><prompt>配对。</prompt>'
        f"{inner}</associateInteraction>"
    )


def order(*names: str, more: str = "") -> str:
    """Return options to be put in order."""
    inner = choices("simpleChoice", *names)
    prompt = f"<prompt>排序。</prompt>{inner}"
    return f'<orderInteraction responseIdentifier="RESPONSE" {more}>{prompt}</orderInteraction>'


def hottext(most: int = 1) -> str:
    """Return a sentence with three pieces to mark: A, B, C."""
    return (
        f'<hottextInteraction responseIdentifier="RESPONSE" maxChoices="{most}"><p>凡<hottext identifier="A">'
        'A项</hottext>者，<hottext identifier="B">B项</hottext>，<hottext identifier="C">C项</hottext>。</p>'
        "</hottextInteraction>"
    )


def gap_match() -> str:
    """Return three words for two gaps, G1 and G2."""
    return (
        '<gapMatchInteraction responseIdentifier="RESPONSE"><prompt>填空。</prompt>'
        f"{choices('gapText', 'A', 'B', 'C')}"
        '<p>由<gap identifier="G1"/>罚<gap identifier="G2"/>。</p></gapMatchInteraction>'
    )


def hotspot() -> str:
    """Return a picture with two areas, A and B."""
    return (
        '<hotspotInteraction responseIdentifier="RESPONSE" maxChoices="1"><prompt>哪里？</prompt>'
        '<object type="image/png" data="a.png">厂区</object>'
        '<hotspotChoice identifier="A" shape="circle" coords="10,10,5" hotspotLabel="排口"/>'
        '<hotspotChoice identifier="B" shape="poly" coords="1,1,2,2,3,1"/></hotspotInteraction>'
    )


def select_point(most: int = 1) -> str:
    """Return a picture on which points are marked."""
    return (
        f'<selectPointInteraction responseIdentifier="RESPONSE" maxChoices="{most}">'
        '<prompt>标出排口。</prompt><object type="image/png" data="a.png">厂区</object>'
        "</selectPointInteraction>"
    )


def areas(*rows: tuple[str, str, float], bounds: str = "") -> str:
    """Return an area mapping of shapes, coordinates and points."""
    entries = "".join(
        f'<areaMapEntry shape="{shape}" coords="{coords}" mappedValue="{worth}"/>'
        for shape, coords, worth in rows
    )
    return f"<areaMapping {bounds}>{entries}</areaMapping>"


def slider() -> str:
    """Return a scale from 0 to 100."""
    return (
        '<sliderInteraction responseIdentifier="RESPONSE" lowerBound="0" upperBound="100" step="10">'
        "<prompt>百分之几？</prompt></sliderInteraction>"
    )


def upload(kind: str = "") -> str:
    """Return a request for a file."""
    return (
        f'<uploadInteraction responseIdentifier="RESPONSE" {kind}><prompt>交表。</prompt></uploadInteraction>'
    )


def ordered(*correct: str) -> str:
    """Return a declaration of an order."""
    return declared(*correct, many=True).replace("multiple", "ordered")


def rule(test: str, then: str, otherwise: str = "") -> str:
    """Return a condition of the rules."""
    final = f"<responseElse>{otherwise}</responseElse>" if otherwise else ""
    return f"<responseCondition><responseIf>{test}{then}</responseIf>{final}</responseCondition>"


def right(name: str = "RESPONSE") -> str:
    """Return the test whether a response is the declared answer."""
    return f'<match><variable identifier="{name}"/><correct identifier="{name}"/></match>'


def sets(name: str, value: str) -> str:
    """Return the rule that gives an outcome a value, an expression."""
    return f'<setOutcomeValue identifier="{name}">{value}</setOutcomeValue>'


def number(value: float) -> str:
    """Return a number in rules."""
    return f'<baseValue baseType="float">{value}</baseValue>'


def plus(value: str) -> str:
    """Return the rule that adds to the score."""
    return sets("SCORE", f'<sum><variable identifier="SCORE"/>{value}</sum>')


def rules(*conditions: str) -> str:
    """Return rules of one's own."""
    return f"<responseProcessing>{''.join(conditions)}</responseProcessing>"


def item(
    body: str,
    *declarations: str,
    scoring: str = MATCH_CORRECT,
    version: str = "2.1",
    name: str = "Q1",
    more: str = "",
    adaptive: str = "false",
) -> bytes:
    """Return an item as a file."""
    text = (
        f'<assessmentItem xmlns="{NAMESPACES[version]}" identifier="{name}" title="某题" '
        f'adaptive="{adaptive}" timeDependent="false">{"".join(declarations)}{SCORE}'
        f"<itemBody>{body}</itemBody>{scoring}{more}</assessmentItem>"
    )
    text = as_3_0(text) if version == "3.0" else text
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode()


def as_3_0(text: str) -> str:
    """Return QTI 2 in the spelling of 3.0; HTML in it stays."""

    def tag(match: re.Match[str]) -> str:
        slash, name, attributes = match.groups()
        if name in _HTML | _HTML_TOO:
            return match[0]
        spelled = re.sub(r"\b([a-z]+[A-Z]\w*)=", lambda one: f"{_kebab(one[1])}=", attributes)
        return f"<{slash}qti-{_kebab(name)}{spelled}>"

    return re.sub(r"<(/?)(\w+)([^>]*)>", tag, text)


def _kebab(name: str) -> str:
    return re.sub("[A-Z]", lambda match: f"-{match[0].lower()}", name)


def manifest(*resources: tuple[str, str], version: str = "2p1") -> bytes:
    """Return a manifest of (type, address); the type is `item`, `test` or a whole one."""
    listed = "".join(
        f'<resource identifier="R{n}" type="{kind if "_" in kind else f"imsqti_{kind}_xmlv{version}"}" '
        f'href="{href}"><file href="{href}"/></resource>'
        for n, (kind, href) in enumerate(resources)
    )
    return (
        '<?xml version="1.0"?><manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" identifier="M">'
        f"<organizations/><resources>{listed}</resources></manifest>"
    ).encode()


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return a ZIP of files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def package(files: Mapping[str, bytes], *hrefs: str) -> bytes:
    """Return a package whose manifest lists items."""
    return zipped({"imsmanifest.xml": manifest(*(("item", href) for href in hrefs)), **files})
