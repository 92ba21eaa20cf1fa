"""How the API's views read a request and write a reply: sizes, bodies, tokens, protection against forgery."""

from dataclasses import dataclass
from ipaddress import ip_address
from typing import IO, TypeVar
from uuid import UUID

from flask import Response, current_app, request
from flask_login import current_user
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import RequestEntityTooLarge

from question_bank.words import said
from tiejun.access import permission_of
from tiejun.api.limits import RateLimit
from tiejun.api.schemas import Body
from tiejun.errors import DomainError, Forbidden, NotFound
from tiejun.exams import tokens
from tiejun.exams.tokens import BadToken, Claims
from tiejun.files.store import MB
from tiejun.web import csrf, now, settings

MAX_BODY = 256 * 1024
RATE = RateLimit()
FILE_RATE = RateLimit(burst=12, per_second=0.2)
Model = TypeVar("Model", bound=Body)


@dataclass(frozen=True)
class FileSent:
    """A file on its way in: its bytes, its name at the sender, and where it belongs."""

    stream: IO[bytes]
    name: str
    lease: UUID
    slot: int


class TooLarge(DomainError):
    """A request body is larger than its call allows; nothing of it was read."""

    status = 413
    code = "too_large"


def body(model: type[Model]) -> Model:
    """Return the request's JSON, checked.

    Raises:
        TooLarge: beyond 256 kB or 200 events.
        DomainError: `invalid`, naming each member that is wrong.
    """
    request.max_content_length = MAX_BODY
    try:
        return model.model_validate_json(request.get_data(cache=False) or b"null")
    except RequestEntityTooLarge as error:
        raise TooLarge(said("一次发送的内容过大，没有保存；请分批发送。")) from error
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False, include_context=False)
        if any(fault["type"] == "too_long" and fault["loc"] == ("events",) for fault in faults):
            raise TooLarge(said("一次最多发送200次作答，没有保存；请分批发送。")) from error
        named = [
            {"field": ".".join(map(str, fault["loc"])), "message": fault["msg"]} for fault in faults[:20]
        ]
        raise DomainError(said("请求的内容不符合接口说明，没有保存。"), errors=named) from error


def sent_file(most_mb: int) -> FileSent:
    """Return the file of this request with what is said of it; nothing is stored yet.

    Raises:
        TooLarge: beyond `most_mb`.
        DomainError: `invalid` if a part is missing or cannot be read.
    """
    request.max_content_length = most_mb * MB + MAX_BODY
    try:
        file, told = request.files.get("file"), request.form
        if file is None:
            raise DomainError(said("请求的内容不符合接口说明，没有保存。"), errors=[_missing("file")])
        lease, slot = UUID(told.get("lease", "")), int(told.get("slot", ""))
    except RequestEntityTooLarge as error:
        raise TooLarge(said("文件超过 %(most)s MB，没有保存。", most=most_mb)) from error
    except ValueError as error:
        faults = [_missing("lease"), _missing("slot")]
        raise DomainError(said("请求的内容不符合接口说明，没有保存。"), errors=faults) from error
    return FileSent(file.stream, file.filename or "", lease, slot)


def _missing(field: str) -> dict[str, str]:
    return {"field": field, "message": "missing or unreadable"}


def reply(model: BaseModel) -> Response:
    """Return a model as the JSON answer."""
    return current_app.response_class(model.model_dump_json(), mimetype="application/json")


def attempt_claims(attempt: UUID, rate: RateLimit | None = None) -> Claims:
    """Return what the attempt token of this request allows; no session is looked at.

    Raises:
        BadToken: without a token of ours.
        NotFound: with the token of another attempt.
        TooMany: if this lease sends too often.
    """
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Attempt":
        raise BadToken(said("缺少应试凭证，请重新进入考试。"))
    claims = tokens.read(token, settings().secret_key)
    if claims.attempt != attempt:
        raise NotFound(said("没有找到这次应试，或者它不属于您。"))
    (rate or RATE).take(claims.lease, now())
    return claims


def came_by_token() -> bool:
    """Return whether the caller showed a bearer token, and is who he is by it rather than by a cookie."""
    sid = getattr(current_user, "sid", None)
    return sid is not None and request.headers.get("Authorization") == f"Bearer {sid}"


def protect_cookies() -> None:
    """Demand the CSRF token of who is signed in by cookie; nobody can be tricked into sending a header."""
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or permission_of(view) is None or request.method in ("GET", "HEAD", "OPTIONS"):
        return
    if current_user.is_authenticated and not came_by_token():
        csrf.protect()


def require_safe_transport() -> None:
    """Refuse to hand out a paper over a plain connection, except on this machine itself.

    Raises:
        Forbidden: `https_required`.
    """
    if request.is_secure or ip_address(request.remote_addr or "0.0.0.0").is_loopback:  # noqa: S104 - unknown
        return
    raise Forbidden(said("正式考试必须通过 https 访问。"), code="https_required")
