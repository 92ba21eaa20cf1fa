"""The description of the delivery API for programs (OpenAPI 3.1), made of the schemas and one table."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

import tiejun
from tiejun.api import schemas

SCHEMA = "#/components/schemas/"
JSON = "application/json"


@dataclass(frozen=True)
class Call:
    """One call of the API; `errors` maps a status to the codes that may come with it.

    `gives` is None where a file comes back; `sent_as` is the media type of what is sent.
    """

    method: str
    path: str
    name: str
    summary: str
    explanation: str
    gives: type[BaseModel] | None
    takes: type[BaseModel] | None = None
    security: tuple[str, ...] = ("bearer", "cookie")
    errors: tuple[tuple[int, tuple[str, ...]], ...] = ()
    query: tuple[tuple[str, str], ...] = ()
    sent_as: str = JSON


SIGNED_IN = (401, ("not_signed_in",))
STORAGE = (503, ("storage_unavailable",))
INVALID = (422, ("invalid",))

CALLS: tuple[Call, ...] = (
    Call(
        "post",
        "/auth/token",
        "token",
        "取得访问令牌",
        "供接口客户端使用；浏览器用登录会话。连续输错会延迟并锁定账号。",
        schemas.TokenReply,
        schemas.TokenRequest,
        security=(),
        errors=((422, ("bad_credentials", "invalid")), (429, ("delayed", "locked")), STORAGE),
    ),
    Call("get", "/me", "me", "我是谁", "", schemas.Me, errors=(SIGNED_IN,)),
    Call(
        "get",
        "/me/sittings",
        "mySittings",
        "我的场次",
        "状态：upcoming 未到、waiting 可候考（开考前30分钟起）、open 可进入、"
        "in_progress 作答中、closed 已结束。",
        schemas.MySittings,
        errors=(SIGNED_IN, (403, ("forbidden",))),
    ),
    Call(
        "get",
        "/sittings/{sitting}/paper",
        "paper",
        "候考室里的试卷",
        "报名的考生在候考室开放后可取得试卷编号与哈希。",
        schemas.PaperOut,
        errors=(SIGNED_IN, (404, ("not_registered",)), (409, ("not_open_yet",))),
    ),
    Call(
        "post",
        "/sittings/{sitting}/attempt",
        "openAttempt",
        "开始或继续我的应试",
        "同一设备重复调用得到同一作答权和全部已存作答；另一台设备须持监考给的接管码。"
        "浏览器会话须带 X-CSRFToken。",
        schemas.Opened,
        schemas.OpenRequest,
        errors=(
            (400, ("csrf",)),
            SIGNED_IN,
            (403, ("browser_only", "https_required", "forbidden")),
            (404, ("not_registered",)),
            (409, ("not_open_yet", "closed", "lease_held", "bad_takeover_code")),
            INVALID,
            STORAGE,
        ),
    ),
    Call(
        "put",
        "/attempts/{attempt}/events",
        "events",
        "保存作答",
        "回执中的 stored 都已落盘；按（lease, seq）幂等，可放心重发。"
        "整批要么全存要么全不存。空的 events 是心跳。"
        "截止后送到的也会保存：在宽限内、截止前已报备且作答时刻在截止前的计入，其余列入 late，由两人核查。",
        schemas.EventsReply,
        schemas.EventsRequest,
        security=("attempt",),
        errors=(
            (401, ("bad_token",)),
            (403, ("wrong_lease",)),
            (404, ("not_found",)),
            (409, ("closed", "seq_conflict", "lease_revoked")),
            (413, ("too_large",)),
            (422, ("unknown_slot", "bad_value", "invalid")),
            (429, ("too_many",)),
            STORAGE,
        ),
    ),
    Call(
        "post",
        "/attempts/{attempt}/files",
        "addFile",
        "上传作为作答的文件",
        "上传题专用。先在这里保存文件，再用 events 送一次普通的作答，value 为回执中的 file 和 name；"
        "没有送这次作答，文件不算答案。同一文件可放心重发。"
        "作答的编号要在文件保存之后才取，因此截止后才传完的，其作答列入 late，由两人核查。",
        schemas.FileReply,
        schemas.FileRequest,
        security=("attempt",),
        sent_as="multipart/form-data",
        errors=(
            (401, ("bad_token",)),
            (403, ("wrong_lease",)),
            (404, ("not_found",)),
            (409, ("closed", "lease_revoked", "too_many_files")),
            (413, ("too_large",)),
            (422, ("unknown_slot", "bad_file", "invalid")),
            (429, ("too_many",)),
            STORAGE,
        ),
    ),
    Call(
        "get",
        "/attempts/{attempt}/files/{slot}/{digest}",
        "file",
        "我上传的文件",
        "只给上传者本人；digest 是回执中的 file。",
        None,
        errors=(SIGNED_IN, (403, ("forbidden",)), (404, ("not_found",))),
    ),
    Call(
        "post",
        "/attempts/{attempt}/submit",
        "submit",
        "交卷",
        "还有编号没有送到时返回 missing_events 及缺少的区间；交卷后重复调用得到同一回执。",
        schemas.SubmitReply,
        schemas.SubmitRequest,
        security=("attempt",),
        errors=(
            (401, ("bad_token",)),
            (403, ("wrong_lease",)),
            (404, ("not_found",)),
            (409, ("missing_events", "closed", "lease_revoked")),
            INVALID,
            (429, ("too_many",)),
            STORAGE,
        ),
    ),
    Call(
        "get",
        "/attempts/{attempt}",
        "attempt",
        "我的应试",
        "状态与已存作答；成绩发布后含成绩。",
        schemas.AttemptOut,
        errors=(SIGNED_IN, (404, ("not_found",))),
    ),
    Call(
        "post",
        "/enforcement-card/eligibility",
        "eligibility",
        "能否上报执法证件申请",
        "供发证机关的系统调用：在岗、正式编制，且持有所需级别和层级的有效合格证书，才可上报。只答调用账号管理范围内的人员。",
        schemas.Eligibility,
        schemas.EligibilityRequest,
        errors=(SIGNED_IN, (403, ("forbidden",)), INVALID, STORAGE),
    ),
    Call(
        "get",
        "/certificates/{number}",
        "certificate",
        "核验证书",
        "编号是连续的，因此必须同时给出证书上的核验码；任何不符都是同样的 404。",
        schemas.CertificateOut,
        security=(),
        errors=((404, ("not_found",)),),
        query=(("code", "证书上的核验码"),),
    ),
)


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """Return the OpenAPI document."""
    wanted: list[tuple[type[BaseModel], Any]] = [(schemas.ProblemOut, "serialization")]
    for call in CALLS:
        if call.gives:
            wanted.append((call.gives, "serialization"))
        if call.takes:
            wanted.append((call.takes, "validation"))
    _, made = models_json_schema(wanted, ref_template=SCHEMA + "{model}")
    paths: dict[str, Any] = {}
    for call in CALLS:
        paths.setdefault(f"/api/v1{call.path}", {})[call.method] = _operation(call)
    return {
        "openapi": "3.1.0",
        "info": {"title": "铁军 考试接口", "version": tiejun.__version__},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"schemas": made["$defs"], "securitySchemes": _SECURITY},
    }


_FILE = {
    "description": "文件",
    "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
}
_SECURITY = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "POST /api/v1/auth/token 给出的令牌"},
    "cookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": "tiejun",
        "description": "浏览器会话；写操作另需 X-CSRFToken 头",
    },
    "attempt": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "Attempt <应试凭证>；只能写这一次应试，登录失效后仍可用",
    },
}


def _operation(call: Call) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": call.name,
        "summary": call.summary,
        "description": call.explanation,
        "security": [{name: []} for name in call.security],
        "responses": {"200": _answer(call.gives.__doc__ or "", JSON, call.gives) if call.gives else _FILE},
    }
    named = [_in_path(part[1:-1]) for part in call.path.split("/") if part.startswith("{")]
    asked = [_in_query(name, words) for name, words in call.query]
    if named or asked:
        operation["parameters"] = named + asked
    if call.takes:
        content = {call.sent_as: {"schema": {"$ref": SCHEMA + call.takes.__name__}}}
        operation["requestBody"] = {"required": True, "content": content}
    for status, codes in call.errors:
        words = "、".join(codes)
        answer = _answer(words, "application/problem+json", schemas.ProblemOut)
        if status in (429, 503):
            answer["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "秒"}}
        operation["responses"][str(status)] = answer
    return operation


def _answer(words: str, kind: str, model: type[BaseModel]) -> dict[str, Any]:
    return {"description": words, "content": {kind: {"schema": {"$ref": SCHEMA + model.__name__}}}}


_PATH_KINDS = {"number": {"type": "string"}, "digest": {"type": "string"}, "slot": {"type": "integer"}}


def _in_path(name: str) -> dict[str, Any]:
    kind = _PATH_KINDS.get(name, {"type": "string", "format": "uuid"})
    return {"name": name, "in": "path", "required": True, "schema": kind}


def _in_query(name: str, words: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": True, "description": words, "schema": {"type": "string"}}
