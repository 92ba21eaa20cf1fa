"""The interactions beyond choices and texts: match to upload.

Public: `further`, `FURTHER`.

Each reader takes the options out of the tree, so that what is left is the stem, and returns the question
without its key.
"""

from collections.abc import Callable, Mapping, Sequence

from lxml import etree

from question_bank.formats.image_size import scaled_area
from question_bank.formats.moodle_files import ImageMissing
from question_bank.formats.qti_asked import Asked, Json, identifiers, number_attribute, option_ids
from question_bank.formats.qti_body import Body
from question_bank.formats.qti_points import read_points
from question_bank.formats.qti_tree import cut
from question_bank.formats.qti_values import QtiRefused, Response, coords_of, members, number
from question_bank.markup import IMAGE
from question_bank.rule_values import NUMERIC
from question_bank.terms import PartType, number_json
from question_bank.words import said

OPTIONS, TYPE, KEY = said("选项"), said("题型"), said("答案")
BLANK = "____"
_MAX_PAIRS = 2_000
_MOST_LOST = said("原题各选项可用的次数不同，这里都按最多的算")
_ENDINGS = {
    "application/pdf": ["pdf"],
    "application/msword": ["doc", "docx"],
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ["docx"],
    "application/vnd.ms-excel": ["xls", "xlsx"],
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ["xlsx"],
    "application/zip": ["zip"],
    "text/plain": ["txt"],
    "text/csv": ["csv"],
    "image/png": ["png"],
    "image/jpeg": ["jpg", "jpeg"],
}


def further(body: Body, interaction: etree._Element, response: Response) -> Asked:
    """Read a question; the tree is changed.

    Raises:
        QtiRefused: if it cannot be held.
    """
    name = str(interaction.tag)
    base_types, cardinalities = _DECLARED[name]
    if response.base_type not in base_types:
        kind = response.base_type[:20] or said("未写明")
        raise QtiRefused(KEY, said("%(name)s 的作答不能是 %(kind)s", name=name, kind=kind))
    if response.cardinality not in cardinalities:
        kind = response.cardinality[:20]
        raise QtiRefused(KEY, said("%(name)s 的作答不能是 %(kind)s", name=name, kind=kind))
    asked = _READERS[name](body, interaction, response)
    for prompt in interaction.iter("prompt"):
        prompt.tag = "div"
    interaction.tag = "div"
    return asked


def _options(body: Body, elements: Sequence[etree._Element], ids: Sequence[str]) -> list[Json]:
    """Take options out of the tree and return them."""
    found = [{"id": id_, "text": body.text(one, OPTIONS)} for id_, one in zip(ids, elements, strict=True)]
    for element in elements:
        cut(element)
    return found


def _most_of(body: Body, elements: Sequence[etree._Element]) -> int:
    """Return how often each option may be used, 0 for any number."""
    counts = {number_attribute(one, "matchMax", 1) for one in elements}
    if len(counts) > 1:
        body.warn(OPTIONS, _MOST_LOST)
    return 0 if 0 in counts else max(counts, default=0)


def _match(body: Body, interaction: etree._Element, response: Response) -> Asked:
    sets = [list(one.iter("simpleAssociableChoice")) for one in interaction.iter("simpleMatchSet")]
    if len(sets) != 2 or not all(sets):
        raise QtiRefused(OPTIONS, said("连线题应有左右两组选项"))
    left, right = sets
    most = _most_of(body, left)
    if any(number_attribute(one, "matchMax", 1) not in (0, *range(len(left), 1000)) for one in right):
        body.warn(OPTIONS, said("原题右边的选项只能连几次，这里不限"))
    return _matching(body, (left, right), response, most, _associations(interaction))


def _associations(interaction: etree._Element) -> int:
    return number_attribute(interaction, "maxAssociations", 0)


def _matching(
    body: Body,
    sets: tuple[Sequence[etree._Element], Sequence[etree._Element]],
    response: Response,
    most: int,
    limit: int,
) -> Asked:
    """Return what has two columns; `limit` is how many lines may be drawn in all."""
    names = [identifiers(one) for one in sets]
    if len(names[0]) * len(names[1]) > _MAX_PAIRS:
        raise QtiRefused(OPTIONS, said("选项过多"))
    ids = [option_ids(len(names[0])), [f"t{n}" for n in range(1, len(names[1]) + 1)]]
    options, targets = (_options(body, one, own) for one, own in zip(sets, ids, strict=True))
    pairs = [_pair(response, one, other) for one in names[0] for other in names[1]]
    # A limit that the columns themselves keep need not be said.
    is_tighter = bool(limit) and (not most or limit < most * len(names[0]))
    return Asked(
        {"type": PartType.MATCH.value, "options": options, "targets": targets, "most": most},
        [response],
        [pairs],
        dict(zip([*ids[0], *ids[1]], [*names[0], *names[1]], strict=True)),
        most=limit if is_tighter else 0,
    )


def _pair(response: Response, one: str, other: str) -> str:
    return " ".join(sorted([one, other]) if response.base_type == "pair" else [one, other])


def _associate(body: Body, interaction: etree._Element, response: Response) -> Asked:
    """Read pairs to be found among the options of one list: two columns, as the right pairs divide them."""
    choices = list(interaction.iter("simpleAssociableChoice"))
    names = identifiers(choices)
    pairs = [str(one).split() for one in members(response.correct)]
    if not pairs and response.mapping is not None:
        pairs = [str(one.key).split() for one in response.mapping.entries if one.points > 0]
    left = _left_column(names, pairs)
    sets = (
        [one for one in choices if one.get("identifier") in left],
        [one for one in choices if one.get("identifier") not in left],
    )
    body.warn(TYPE, said("关联题改为连线题，选项分成左右两组"))
    return _matching(body, sets, response, _most_of(body, sets[0]), _associations(interaction))


def _left_column(names: Sequence[str], pairs: Sequence[Sequence[str]]) -> set[str]:
    """Return which options stand on the left if each pair is to have one on either side.

    Raises:
        QtiRefused: if there is no such division, or no pair.
    """
    if not pairs or any(len(pair) != 2 or not set(pair) <= set(names) for pair in pairs):
        raise QtiRefused(KEY, said("关联题没有可用的答案，不能改为连线题"))
    is_left: dict[str, bool] = {}
    for start in dict.fromkeys(name for pair in pairs for name in pair):
        reached = [] if start in is_left else [start]
        is_left.setdefault(start, True)
        while reached:
            one = reached.pop()
            for other in (pair[pair[0] == one] for pair in pairs if one in pair):
                if other not in is_left:
                    is_left[other] = not is_left[one]
                    reached.append(other)
                elif is_left[other] == is_left[one]:
                    raise QtiRefused(KEY, said("关联题的答案不能分成左右两组，不能改为连线题"))
    return {name for name, left in is_left.items() if left}


def _order(body: Body, interaction: etree._Element, response: Response) -> Asked:
    choices = list(interaction.iter("simpleChoice"))
    names = identifiers(choices)
    ids = option_ids(len(names))
    options = _options(body, choices, ids)
    most = number_attribute(interaction, "maxChoices", 0)
    part: Json = {"type": PartType.ORDER.value, "options": options}
    return Asked(part, [response], [names], dict(zip(ids, names, strict=True)), most=most)


def _hottext(body: Body, interaction: etree._Element, response: Response) -> Asked:
    words = list(interaction.iter("hottext"))
    names = identifiers(words)
    ids = option_ids(len(names))
    options = [{"id": id_, "text": body.text(one, OPTIONS)} for id_, one in zip(ids, words, strict=True)]
    for id_, word in zip(ids, words, strict=True):
        cut(word, f"{{{{{id_}}}}}")
    return _marks(PartType.HOTTEXT, interaction, response, options, names)


def _marks(
    kind: PartType,
    interaction: etree._Element,
    response: Response,
    options: Sequence[Json],
    names: Sequence[str],
) -> Asked:
    """Return what is answered by marking some of the options."""
    most = 1 if response.cardinality == "single" else number_attribute(interaction, "maxChoices", 1)
    ids = dict(zip((option["id"] for option in options), names, strict=True))
    part: Json = {"type": kind.value, "options": list(options), "most": most}
    return Asked(part, [response], [names], ids, most=most)


def _gap_match(body: Body, interaction: etree._Element, response: Response) -> Asked:
    words = list(interaction.iter("gapText", "gapImg"))
    gaps = list(interaction.iter("gap"))
    names, places = identifiers(words), identifiers(gaps)
    if len(names) * len(places) > _MAX_PAIRS or not places:
        raise QtiRefused(OPTIONS, said("选项过多，或者没有空"))
    ids = option_ids(len(names))
    most = _most_of(body, words)
    options = _options(body, words, ids)
    for gap in gaps:
        cut(gap, BLANK)
    pairs = [_pair(response, name, place) for name in names for place in places]
    part: Json = {"type": PartType.GAP_MATCH.value, "options": options, "most": most}
    limit = number_attribute(interaction, "maxAssociations", 0)
    is_tighter = 0 < limit < len(places)
    return Asked(
        part,
        [response],
        [pairs],
        dict(zip(ids, names, strict=True)),
        gaps=places,
        most=limit if is_tighter else 0,
    )


def _select_point(body: Body, interaction: etree._Element, response: Response) -> Asked:
    image, scale = _picture(body, interaction)
    return read_points(image, scale, interaction, response)


def _picture(body: Body, interaction: etree._Element) -> tuple[str, tuple[float, float]]:
    """Take the picture out of an interaction; return its digest and how much larger it is than drawn."""
    image = next(interaction.iter("img"), None)
    if image is None:
        raise QtiRefused(TYPE, said("图上选区没有图片，或者图片不是 PNG、JPEG 或 GIF"))
    try:
        mark = IMAGE.search(body.image_of(image.get("src", ""), ""))
    except ImageMissing as error:
        raise QtiRefused(said("图片"), error.args[0]) from error
    assert mark is not None
    scale = _scale(image, body.size_of(mark[2]))
    cut(image)
    return mark[2], scale


def _hotspot(body: Body, interaction: etree._Element, response: Response) -> Asked:
    picture, scale = _picture(body, interaction)
    spots = list(interaction.iter("hotspotChoice"))
    names = identifiers(spots)
    options = [
        {
            "id": id_,
            "text": spot.get("hotspotLabel", "").strip() or str(said("区域 %(n)s", n=number_)),
            "shape": spot.get("shape", ""),
            "coords": scaled_area(coords_of(spot), *scale),
        }
        for number_, (id_, spot) in enumerate(zip(option_ids(len(spots)), spots, strict=True), start=1)
    ]
    for spot in spots:
        cut(spot)
    asked = _marks(PartType.HOTSPOT, interaction, response, options, names)
    asked.part["image"] = picture
    return asked


def _scale(image: etree._Element, size: tuple[int, int] | None) -> tuple[float, float]:
    """Return how much larger a picture is than the item draws it; areas are told as it is drawn."""
    drawn = [image.get(side, "").removesuffix("px") for side in ("width", "height")]
    if size is None or not all(side.isdecimal() and int(side) for side in drawn):
        return 1, 1
    return size[0] / int(drawn[0]), size[1] / int(drawn[1])


def _slider(body: Body, interaction: etree._Element, response: Response) -> Asked:
    lower, upper = (number(interaction.get(name, "")) for name in ("lowerBound", "upperBound"))
    step = number(interaction.get("step") or "1")
    bounds = {"lower": number_json(lower), "upper": number_json(upper), "step": number_json(step)}
    part: Json = {"type": PartType.SLIDER.value, "options": [], "bounds": bounds}
    steps = min(int((upper - lower) / step), 1000) if step > 0 else 0
    return Asked(part, [response], [[lower + step * n for n in range(steps + 1)]])


def _upload(body: Body, interaction: etree._Element, response: Response) -> Asked:
    kinds = interaction.get("type", "").split()
    endings = [ending for kind in kinds for ending in _ENDINGS.get(kind, ())]
    if kinds and not endings:
        body.warn(TYPE, said("原题限定的文件类型“%(kinds)s”不认识，这里不限", kinds=" ".join(kinds)[:80]))
    part: Json = {"type": PartType.UPLOAD.value, "options": [], "accept": sorted(set(endings))}
    return Asked(part, [response], [[]])


_Reader = Callable[[Body, etree._Element, Response], Asked]
_READERS: Mapping[str, _Reader] = {
    "matchInteraction": _match,
    "associateInteraction": _associate,
    "orderInteraction": _order,
    "hottextInteraction": _hottext,
    "gapMatchInteraction": _gap_match,
    "hotspotInteraction": _hotspot,
    "selectPointInteraction": _select_point,
    "sliderInteraction": _slider,
    "uploadInteraction": _upload,
}
_ONE, _ANY = ("single",), ("single", "multiple")
_PAIRS = ("directedPair", "identifier")
_DECLARED: Mapping[str, tuple[Sequence[str], Sequence[str]]] = {
    # Files also write a pair as an identifier with a blank in it.
    "matchInteraction": (_PAIRS, _ANY),
    "associateInteraction": (("pair",), _ANY),
    "orderInteraction": (("identifier",), ("ordered",)),
    "hottextInteraction": (("identifier",), _ANY),
    "gapMatchInteraction": (_PAIRS, _ANY),
    "hotspotInteraction": (("identifier",), _ANY),
    "selectPointInteraction": (("point",), _ANY),
    "sliderInteraction": (NUMERIC, _ONE),
    "uploadInteraction": (("file",), _ONE),
}
"""Which base types and cardinalities each interaction's response may have."""
FURTHER = frozenset(_READERS)
