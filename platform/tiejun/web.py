"""What every page and call shares: the request's clock reading, transactions, headers, errors, words."""

import logging
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, current_app, flash, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import Babel, gettext
from flask_wtf.csrf import CSRFError, CSRFProtect
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException

from question_bank.words import Words, said
from tiejun.access import permission_of, persona
from tiejun.audit import Actor
from tiejun.errors import DomainError, TooMany, Unavailable
from tiejun.installation import Core
from tiejun.settings import Settings

log = logging.getLogger(__name__)
LOCALES = ("zh", "en")
csrf = CSRFProtect()
babel = Babel()


def core() -> Core:
    """Return the parts of the running application."""
    found: Core = current_app.extensions["tiejun"]
    return found


def settings() -> Settings:
    """Return the settings of the running application."""
    return core().settings


def now() -> datetime:
    """Return the instant at which this request arrived; the clock is read once a request."""
    if "now" not in g:
        g.now = core().clock()
    instant: datetime = g.now
    return instant


@contextmanager
def transaction() -> Iterator[Session]:
    """Open this request's one writing transaction."""
    with core().database.transaction() as db:
        yield db


@contextmanager
def reading() -> Iterator[Session]:
    """Open a session for reading."""
    with core().database.reading() as db:
        yield db


def actor() -> Actor:
    """Return who acts in this request, for the audit trail."""
    who = persona()
    return Actor(who.account_id, who.label, request.remote_addr)


def translated(text: str) -> str:
    """Return a sentence in the reader's language; what is no `Words` is looked up as it stands."""
    if isinstance(text, Words):
        values = {name: said_again(value) for name, value in text.values.items()}
        return str(gettext(text.pattern, **values))
    return str(gettext(text)) if text else ""


def said_again(value: Any) -> Any:
    """Return `value` with every `Words` in it, at any depth, in the reader's language; all else as it is."""
    if isinstance(value, Words):
        return translated(value)
    if isinstance(value, dict):
        return {name: said_again(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [said_again(one) for one in value]
    return value


def joined(parts: Iterable[str], separator: str = "、") -> str:
    """Return `parts` in the reader's language, with the separator of that language between them."""
    return str(gettext(separator)).join(str(said_again(part)) for part in parts)


@pass_eval_context
def _say(context: EvalContext, text: str, /, **values: Any) -> str:
    """Stand for `_` in templates: as flask-babel's, but `Words` may be said, and be among the values."""
    if isinstance(text, Words) and not values:
        return translated(text)
    sentence = str(gettext(text))
    filled = {name: said_again(value) for name, value in values.items()}
    return (Markup(sentence) if context.autoescape else sentence) % filled  # noqa: S704 - our own sentences


def _init_words(app: Flask) -> None:
    """Let templates say `Words` in the reader's language wherever they print them."""
    app.jinja_env.finalize = said_printed
    app.jinja_env.globals["_"] = _say
    app.jinja_env.filters["translated"] = translated


def said_printed(value: Any) -> Any:
    """Return what a template prints for `value`."""
    return translated(value) if isinstance(value, Words) else value


def wants_json() -> bool:
    """Return whether the caller is a program: its errors are problem documents, not pages."""
    return request.path.startswith("/api/") or request.is_json


def init_web(app: Flask) -> None:
    """Add headers, error pages, translations and CSRF protection to `app`."""
    csrf.init_app(app)
    babel.init_app(app, locale_selector=_locale, timezone_selector=lambda: "Asia/Shanghai")
    _init_words(app)
    app.before_request(_before)
    app.after_request(_headers)
    app.register_error_handler(DomainError, _domain_error)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def _locale() -> str:
    chosen = request.cookies.get("language")
    return chosen if chosen in LOCALES else LOCALES[0]


def _before() -> None:
    g.request_id = secrets.token_hex(6)
    view = current_app.view_functions.get(request.endpoint or "")
    if view is not None and request.endpoint != "static":
        permission_of(view)


def _headers(response: Response) -> Response:
    response.headers.setdefault(
        "Content-Security-Policy",
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'",
    )
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    response.headers.setdefault("X-Frame-Options", "DENY")
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"  # also over what send_file says
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


def _domain_error(error: DomainError) -> ResponseReturnValue:
    reply = _answer(error.status, error.code, translated(error.message), said_again(error.details))
    if isinstance(error, TooMany | Unavailable):
        reply.headers["Retry-After"] = str(error.details.get("retry_after", 5))
    return reply


def _csrf_error(_error: CSRFError) -> ResponseReturnValue:
    return _answer(400, "csrf", gettext("页面已过期，请返回后刷新再试；已保存的内容不受影响。"), {})


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or error.code is None or error.code < 400:
        return error
    code = HTTPStatus(error.code).phrase.lower().replace(" ", "_")
    return _answer(error.code, code, gettext(_WORDS.get(error.code, said("请求无法处理。"))), {})


def _unexpected(error: Exception) -> ResponseReturnValue:
    log.exception("request %s failed", g.get("request_id"), exc_info=error)
    message = gettext("系统出现意外错误，没有保存本次操作；编号可供管理员查找。")
    return _answer(500, "internal_error", message, {})


_WORDS = {
    400: said("请求的内容不完整。"),
    404: said("没有找到这个页面，或者您无权查看。"),
    405: said("这个地址不接受这种操作。"),
    413: said("上传的内容过大，没有保存。"),
    415: said("不支持这种文件类型。"),
    429: said("操作过于频繁，请稍后再试。"),
}


def _answer(status: int, code: str, message: str, details: dict[str, object]) -> Response:
    request_id = g.get("request_id")
    if wants_json():
        document = {
            "type": "about:blank",
            "title": HTTPStatus(status).phrase,
            "status": status,
            "code": code,
            "detail": message,
            "request_id": request_id,
        }
        reply = jsonify({**document, **details})
        reply.headers["Content-Type"] = "application/problem+json"
    else:
        words = {"status": status, "code": code, "message": message, "details": details}
        reply = current_app.make_response(
            render_template("errors/error.html", **words, request_id=request_id)
        )
    reply.status_code = status
    return reply


def notice(message: str, tone: str = "ok") -> None:
    """Show `message` on the next page; `tone` is ok, due or over."""
    flash(said_again(message), tone)
