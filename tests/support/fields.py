"""What a browser without scripts sends from the form of a page."""

from html.parser import HTMLParser

from werkzeug.datastructures import MultiDict


class Fields(HTMLParser):
    """Reads the fields of a page's editor."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.data: MultiDict[str, str] = MultiDict()
        self._area = self._select = ""
        self._chosen: list[str] = []
        self.feed(page[page.index('id="editor"') : page.index("</form>", page.index('id="editor"'))])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        name = found.get("name", "")
        if tag == "input" and name:
            boxed = found.get("type") in ("radio", "checkbox")
            if found.get("type") != "file" and (not boxed or "checked" in found):
                self.data.add(name, found.get("value", "").replace("\n", ""))
        elif tag == "textarea":
            self._area, self.data[name] = name, ""
        elif tag == "select":
            self._select, self._chosen = name, []
        elif tag == "option" and self._select and ("selected" in found or not self._chosen):
            self._chosen = [found.get("value", "")]

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""
        elif tag == "select":
            self.data[self._select] = self._chosen[0] if self._chosen else ""
            self._select = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.data[self._area] += data


def fields(page: str) -> MultiDict[str, str]:
    """Return what the editor of a page holds."""
    return Fields(page).data
