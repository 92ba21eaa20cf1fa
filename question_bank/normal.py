"""How two texts are compared that people typed.

Public: `normalise`.
"""

import re
import unicodedata

_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_BLANK_BESIDE_HAN = re.compile(rf"(?<=[{_HAN}]) | (?=[{_HAN}])")


def normalise(text: str, *, keep_case: bool = False) -> str:
    """Return a fill-in answer as it is compared.

    Full width becomes half width (NFKC), case does not count, invisible characters vanish, blanks are
    trimmed and collapsed, and dropped beside a Chinese character ("10 日" is "10日"). Chinese digits
    stay: whether "5年" is as good as "五年" is for the item's list of accepted spellings to say.

    Args:
        keep_case: whether capitals count after all.
    """
    wide = unicodedata.normalize("NFKC", text)
    folded = wide if keep_case else wide.casefold()
    visible = "".join(c for c in folded if unicodedata.category(c) != "Cf")
    return _BLANK_BESIDE_HAN.sub("", " ".join(visible.split()))
