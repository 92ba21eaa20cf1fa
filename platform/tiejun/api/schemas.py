"""What the delivery API takes and gives, as types: requests are checked by them, OpenAPI is made of them."""

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema

from tiejun.certificates.gate import Reason

MAX_EVENTS = 200
MAX_SEQ = 1_000_000
LATEST_MS = 4_102_444_800_000  # the year 2100
EXAMPLE_TIME = "2026-12-05T01:00:00.000Z"


def iso(instant: datetime) -> str:
    """Return an instant as the API writes it: UTC with milliseconds."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


Time = Annotated[
    datetime,
    PlainSerializer(iso, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": [EXAMPLE_TIME]}),
]
Seq = Annotated[int, Field(ge=1, le=MAX_SEQ)]


class Body(BaseModel):
    """A request body: unknown members and numbers in quotes are refused, not guessed at."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class TokenRequest(Body):
    """登录名与密码。"""

    login: str = Field(min_length=1, max_length=60)
    password: str = Field(min_length=1, max_length=200)
    otp: str | None = Field(default=None, max_length=20, description="动态口令；目前未启用，可不填")


class EligibilityRequest(Body):
    """谁在申请执法证件。证件号码放在正文里，不进地址和日志。"""

    id_number: str = Field(min_length=15, max_length=30)


class OpeningCertificate(BaseModel):
    """使申请得以通过的合格证书。"""

    number: str
    level: str
    tier: str
    valid_until: date


class Eligibility(BaseModel):
    """能否上报执法证件申请（环办执法〔2022〕21号 第八条）。"""

    eligible: bool
    reasons: list[Reason] = Field(description="不能上报的原因；能上报时为空")
    certificate: OpeningCertificate | None
    as_of: date = Field(description="按哪一天判断（北京时间）")
    signature: str = Field(description="本平台对以上内容和证件号码的签章，凭此可向本平台核实")


class TokenReply(BaseModel):
    """访问令牌。"""

    token: str = Field(description="用法：Authorization: Bearer <token>")
    expires_at: Time = Field(description="在此之前没有使用即失效；每次使用都会顺延")


class Me(BaseModel):
    """当前登录人。"""

    id: UUID | None = Field(description="人员编号；没有对应人员的账号为空")
    login: str
    name: str
    unit: str
    roles: list[str]


class SittingOut(BaseModel):
    """我报名的一个场次。"""

    id: UUID
    title: str
    state: Literal["upcoming", "waiting", "open", "in_progress", "closed"]
    starts_at: Time
    ends_at: Time
    duration_seconds: int
    venue: str = Field(description="考点；空表示线上")
    seat: int
    allows_api: bool = Field(description="是否允许接口客户端作答；否则只能在浏览器中作答")
    is_make_up: bool
    attempt: UUID | None = Field(description="我的应试编号；还没有开始则为空")
    released_at: Time | None


class MySittings(BaseModel):
    """我的场次，近的在前。"""

    sittings: list[SittingOut]


class PaperOut(BaseModel):
    """候考室里的试卷：未加密的试卷不在这里，开考后随应试下发。"""

    form: UUID = Field(description="试卷编号")
    hash: str = Field(description="试卷规范 JSON 的 SHA-256")
    sealed: bool = Field(description="是否加密下发；目前都是 false，因此没有 ciphertext")


class OpenRequest(Body):
    """开始或继续我的应试。"""

    device: str = Field(
        pattern=r"^[A-Za-z0-9_-]{8,80}$", description="客户端自己生成并保存的设备编号，同一设备始终用同一个"
    )
    takeover_code: str | None = Field(
        default=None, pattern=r"^[0-9]{6}$", description="监考给的接管码，换设备时填写"
    )


class Opened(BaseModel):
    """打开的应试：继续作答所需的一切。"""

    attempt: UUID
    lease: UUID = Field(description="本设备的作答权；编号 seq 在它之内从1连续递增")
    token: str = Field(description="应试凭证，用法：Authorization: Attempt <token>")
    paper: dict[str, Any] = Field(description="试卷：{form, title, sections: [{title, instructions, slots}]}")
    server_now: Time
    deadline: Time
    state: Literal["open"]
    responses: dict[int, Any] = Field(description="已保存的作答，按题号；清除的不在内")
    last_seq: int = Field(description="服务器已存的本设备最大编号，下一个从它加1开始")


class Event(Body):
    """一次作答。"""

    seq: Seq = Field(description="编号，从1起连续递增")
    slot: int = Field(ge=1, le=10_000, description="题号，从1起")
    value: Any = Field(
        description='单选 "k7"，多选 ["k7","q2"]，判断 true，填空 ["…","…"]，论述 "…"，'
        '上传 {"file": …, "name": …}；null 清除'
    )
    at_ms: float = Field(ge=0, le=LATEST_MS, description="作答时刻，毫秒，已按测得的偏差换算为服务器时间")


class EventsRequest(Body):
    """一批作答；空的就是心跳。"""

    lease: UUID
    queued: int = Field(ge=0, le=MAX_SEQ, description="客户端已用到的最大编号，含本批")
    events: list[Event] = Field(max_length=MAX_EVENTS)


class NoticeOut(BaseModel):
    """要告诉考生的一句话。"""

    code: str = Field(description="extended 延长了时间；late 有作答送到得太晚")
    message: str


class EventsReply(BaseModel):
    """回执：写进 stored 的都已落盘。"""

    acked_seq: int = Field(description="最大的 n，使1到 n 都已保存")
    stored: list[int] = Field(description="本批中已落盘的编号")
    late: list[int] = Field(description="本批中已保存但暂不计入、等待两人核查的编号")
    server_now: Time
    deadline: Time
    state: Literal["open", "submitted", "expired", "closed"]
    notices: list[NoticeOut]


class FileRequest(BaseModel):
    """作为作答的文件，以 multipart/form-data 发送。"""

    lease: UUID
    slot: int = Field(description="题号；应为上传题")
    file: bytes = Field(
        description="文件及其文件名；类型限本题 accept 中的扩展名，按内容核对",
        json_schema_extra={"format": "binary"},
    )


class FileReply(BaseModel):
    """已保存的文件。作答仍是一次普通的作答，其 value 为这里的 file 和 name。"""

    file: str = Field(description="服务器所存内容的 SHA-256；图片会重新编码，因此可能与原文件不同")
    name: str = Field(description="保存的文件名")
    size: int = Field(description="所存内容的字节数")


class SubmitRequest(Body):
    """交卷。"""

    lease: UUID
    last_seq: int = Field(ge=0, le=MAX_SEQ, description="客户端用到的最大编号")


class SubmitReply(BaseModel):
    """交卷回执。"""

    submitted_at: Time
    answered: int
    total: int
    last_seq: int
    chain_hash: str | None = Field(description="作答链哈希；启用签名回执后填写")
    signature: str | None = Field(description="回执签名；启用签名回执后填写")


class ResultOut(BaseModel):
    """发布后的成绩。"""

    verdict: Literal["pass", "fail", "absent"]
    score: float
    cut_score: float
    released_at: Time


class AttemptOut(BaseModel):
    """我的应试。"""

    id: UUID
    sitting: UUID
    state: Literal["open", "submitted", "expired", "closed"]
    started_at: Time
    deadline: Time
    ended_at: Time | None
    responses: dict[int, Any]
    result: ResultOut | None = Field(description="成绩；发布之前为空")


class CertificateOut(BaseModel):
    """证书的公开信息。"""

    number: str
    name: str = Field(description="隐去部分的姓名")
    level: str
    tier: str
    issuer: str
    issued_on: date
    valid_until: date
    state: str
    revoked_on: date | None


class ProblemOut(BaseModel):
    """错误说明（RFC 9457，application/problem+json）；另有随错误而异的成员。"""

    type: str
    title: str
    status: int
    code: str = Field(description="供程序判断的固定代码")
    detail: str = Field(description="给人看的一句话")
    request_id: str | None
