"""Pages as a person without JavaScript uses them: read, fill in a form, press a button."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urlsplit

from tests.load.wire import Cut, Reply, Traffic, Wire, back_off

REDIRECTS = (301, 302, 303, 307, 308)
TRIES = 8


class Astray(Exception):
    """A page was not what a person would have expected there."""


@dataclass
class Control:
    """One control of a form."""

    name: str
    kind: str
    value: str
    on: bool = True
    label: str = ""


@dataclass
class Form:
    """A form of a page; `buttons` are (name, value, words)."""

    action: str
    method: str
    controls: list[Control] = field(default_factory=list)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)

    def names(self) -> set[str]:
        """Return the names of all controls."""
        return {control.name for control in self.controls}

    def offered(self, name: str) -> list[str]:
        """Return the values that boxes or a list of this name offer."""
        return [c.value for c in self.controls if c.name == name]

    def fill(self, **values: object) -> "Form":
        """Type values; a list ticks exactly these boxes, True and False tick or clear a single one.

        Raises:
            Astray: if the form has no such control.
        """
        for name, value in values.items():
            found = [control for control in self.controls if control.name == name]
            if not found:
                raise Astray(f"form {self.action} has no control {name!r}, only {sorted(self.names())}")
            chosen = [str(v) for v in value] if isinstance(value, list | tuple) else None
            for control in found:
                if isinstance(value, bool):
                    control.on = value
                elif chosen is not None:
                    control.on = control.value in chosen
                elif control.kind in ("radio", "option", "checkbox"):
                    control.on = control.value == str(value)
                else:
                    control.value = str(value)
        return self

    def data(self, button: str = "") -> list[tuple[str, str]]:
        """Return what a browser would send; `button` is a part of the pressed button's words or name."""
        pairs = [(c.name, c.value) for c in self.controls if c.on and c.name]
        pressed = [b for b in self.buttons if button and (button in b[2] or button == b[0])]
        if button and not pressed:
            raise Astray(f"form {self.action} has no button {button!r}, only {self.buttons}")
        return pairs + [(name, value) for name, value, _ in pressed[:1] if name]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self.words: list[str] = []
        self._by_id: dict[str, Form] = {}
        self._open: list[Form] = []
        self._select = ""
        self._area: Control | None = None
        self._option: Control | None = None
        self._button: tuple[Form, str, str] | None = None
        self._text: list[str] = []
        self._link = ""
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        reader = getattr(self, f"_on_{tag}", None)
        if reader:
            reader(named)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._open:
            self._open.pop()
        elif tag == "select":
            self._end_select()
        elif tag == "option" and self._option:
            self._option.label, self._option = "".join(self._text).strip(), None
        elif tag == "textarea" and self._area:
            self._area.value, self._area = "".join(self._text).removeprefix("\n"), None
        elif tag == "button" and self._button:
            form, name, value = self._button
            form.buttons.append((name, value, "".join(self._text).strip()))
            self._button = None
        elif tag == "a" and self._link:
            self.links.append((self._link, "".join(self._text).strip()))
            self._link = ""
        elif tag in ("script", "style", "template"):
            self._silent = max(0, self._silent - 1)

    def handle_data(self, data: str) -> None:
        self._text.append(data)
        if not self._silent and data.strip():
            self.words.append(data.strip())

    def _form_of(self, named: dict[str, str]) -> Form | None:
        if named.get("form"):
            return self._by_id.setdefault(named["form"], Form("", "post"))
        return self._open[-1] if self._open else None

    def _on_form(self, named: dict[str, str]) -> None:
        form = self._by_id.get(named.get("id", "")) or Form("", "")
        form.action, form.method = named.get("action", ""), named.get("method", "get").lower()
        if named.get("id"):
            self._by_id[named["id"]] = form
        self.forms.append(form)
        self._open.append(form)

    def _on_input(self, named: dict[str, str]) -> None:
        form, kind = self._form_of(named), named.get("type", "text")
        if form is None or "disabled" in named:
            return
        if kind in ("submit", "image"):
            form.buttons.append((named.get("name", ""), named.get("value", ""), named.get("value", "")))
            return
        ticked = kind not in ("checkbox", "radio") or "checked" in named
        value = named.get("value", "" if kind not in ("checkbox", "radio") else "on")
        form.controls.append(Control(named.get("name", ""), kind, value, ticked, named.get("aria-label", "")))

    def _on_select(self, named: dict[str, str]) -> None:
        self._select = named.get("name", "")
        self._selecting = self._form_of(named)
        self._several = "multiple" in named

    def _on_option(self, named: dict[str, str]) -> None:
        self._text = []
        if self._select and self._selecting is not None:
            self._option = Control(self._select, "option", named.get("value", ""), "selected" in named)
            self._selecting.controls.append(self._option)

    def _end_select(self) -> None:
        if self._select and self._selecting is not None and not self._several:
            options = [c for c in self._selecting.controls if c.name == self._select]
            if options and not any(option.on for option in options):
                options[0].on = True
        self._select = ""

    def _on_textarea(self, named: dict[str, str]) -> None:
        self._text = []
        form = self._form_of(named)
        if form is not None:
            self._area = Control(named.get("name", ""), "textarea", "")
            form.controls.append(self._area)

    def _on_button(self, named: dict[str, str]) -> None:
        self._text = []
        form = self._form_of(named)
        if form is not None and named.get("type", "submit") == "submit":
            self._button = (form, named.get("name", ""), named.get("value", ""))

    def _on_a(self, named: dict[str, str]) -> None:
        self._text = []
        self._link = named.get("href", "")

    def _on_script(self, named: dict[str, str]) -> None:
        self._silent += 1

    _on_style = _on_template = _on_script


@dataclass
class Page:
    """A page that was read: where it was found, its status, forms, links and visible words."""

    path: str
    status: int
    text: str
    forms: list[Form]
    links: list[tuple[str, str]]
    words: str

    def form(self, action: str = "", has: str = "") -> Form:
        """Return the first form to post whose address contains `action` and which has the control `has`.

        Raises:
            Astray: if there is none.
        """
        for form in self.forms:
            if form.method == "post" and action in form.action and (not has or has in form.names()):
                return form
        raise Astray(f"{self.path} ({self.status}) has no form {action!r} with {has!r}: {self.words[:600]}")

    def links_to(self, pattern: str) -> list[str]:
        """Return the addresses of the links that match a pattern, each once, in order."""
        return list(dict.fromkeys(href for href, _ in self.links if re.search(pattern, href)))


class Visitor:
    """A browser without scripts: keeps cookies, follows redirects, signs in again when its session ended."""

    def __init__(self, port: int, traffic: Traffic, login: str, password: str) -> None:
        self.wire = Wire(port, traffic)
        self.login = login
        self.password = password
        self.cookies: dict[str, str] = {}

    def get(self, path: str) -> Page:
        """Open an address; signs in first, or again, where that is asked for.

        Raises:
            Astray: if the answer is an error.
        """
        page = self.follow("GET", path)
        if page.path.startswith("/sign-in"):
            self.sign_in()
            page = self.follow("GET", path)
        if page.status != 200:
            raise Astray(f"GET {path} as {self.login}: {page.status} {page.words[:600]}")
        return page

    def post(self, form: Form, button: str = "", at: str = "") -> Page:
        """Send a form and follow where it leads.

        Raises:
            Astray: if it was refused.
        """
        page = self.follow("POST", form.action or at, form.data(button))
        if page.status != 200:
            raise Astray(f"POST {form.action or at} as {self.login}: {page.status} {page.words[:900]}")
        return page

    def sign_in(self) -> None:
        """Sign in; an initial password is changed at once, as the platform demands.

        Raises:
            Astray: if the platform does not let this person in.
        """
        self.cookies.clear()
        page = self.follow("GET", "/sign-in")
        page = self.post(page.form("/sign-in").fill(login=self.login, password=self.password))
        if page.path.startswith("/sign-in"):
            raise Astray(f"{self.login} was not let in: {page.words[:300]}")
        if page.path.startswith("/password"):
            self.change_password(page)

    def change_password(self, page: Page) -> None:
        """Choose an own password on the page that asks for it."""
        fresh = f"Lv-{self.login[::-1][:-1]}-Tiejun9"  # a password may not hold the login
        form = page.form("/password").fill(old=self.password, new=fresh, again=fresh)
        after = self.post(form)
        if after.path.startswith("/password"):
            raise Astray(f"{self.login} could not change the password: {after.words[:300]}")
        self.password = fresh

    def follow(self, method: str, path: str, data: list[tuple[str, str]] | None = None) -> Page:
        """Send one request and follow redirects; a GET is tried again when the line was cut."""
        for _ in range(10):
            reply = self._ask(method, path, data)
            if reply.status not in REDIRECTS:
                return _read(path, reply)
            parts = urlsplit(reply.headers["Location"])
            path = parts.path + (f"?{parts.query}" if parts.query else "")
            method, data = "GET", None
        raise Astray(f"{path} leads in a circle")

    def download(self, path: str) -> Reply:
        """Fetch a file."""
        return self._ask("GET", path, None)

    def _ask(self, method: str, path: str, data: list[tuple[str, str]] | None) -> Reply:
        headers = {"Connection": "close", "User-Agent": "rehearsal"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        body = None
        if data is not None:
            body = urlencode(data).encode()
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        for failures in range(1, TRIES + 1):
            try:
                reply = self.wire.ask(method, path, body, headers)
                break
            except Cut:
                if method != "GET" or failures == TRIES:
                    raise
                back_off(failures)
        self.wire.close()
        for cookie in reply.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name.strip()] = value
        return reply


def _read(path: str, reply: Reply) -> Page:
    reader = _Reader()
    is_page = "html" in (reply.headers.get("Content-Type") or "")
    if is_page:
        reader.feed(reply.text)
        reader.close()
    words = re.sub(r"\s+", " ", " ".join(reader.words))
    return Page(path, reply.status, reply.text if is_page else "", reader.forms, reader.links, words)
