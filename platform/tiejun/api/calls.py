"""How the API's views read a request and write a reply: sizes, bodies, tokens, protection against forgery."""

from ipaddress import ip_address
from typing import TypeVar
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
from tiejun.web import csrf, now, settings

MAX_BODY = 256 * 1024
RATE = RateLimit()
Model = TypeVar("Model", bound=Body)


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


def reply(model: BaseModel) -> Response:
    """Return a model as the JSON answer."""
    return current_app.response_class(model.model_dump_json(), mimetype="application/json")


def attempt_claims(attempt: UUID) -> Claims:
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
    RATE.take(claims.lease, now())
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
