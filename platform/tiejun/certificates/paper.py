"""What a certificate says in print and to the public."""

from tiejun.certificates.models import Certificate
from tiejun.certificates.rules import LEVEL_WORDS, TIER_WORDS
from tiejun.clock import beijing
from tiejun.prints.render import qr_svg
from tiejun.prints.shapes import CertificateData, MarkData, VerifyData

VERIFY_NOTE = (
    "核验页只显示遮蔽后的姓名、证书编号、级别、层级、发证日期和当前状态。"
    "纸面内容与核验页不一致时，以核验页登记为准；证书涂改无效。"
)


def verify_url(certificate: Certificate, base_url: str) -> str:
    """Return the address in the QR code, at which anybody can verify this certificate."""
    return f"{base_url.rstrip('/')}/verify/{certificate.number}?code={certificate.code}"


def certificate_paper(certificate: Certificate, base_url: str) -> CertificateData:
    """Return the data of the printed certificate, as it stands in the register now."""
    return {
        "title": "岗位培训合格证书",
        "series": "生态环境保护综合行政执法人员",
        "name": certificate.name,
        "salutation": "同志",
        "id_masked": certificate.id_masked,
        "unit": certificate.unit_name,
        "post": "执法人员",
        "level": LEVEL_WORDS[certificate.level],
        "tier": TIER_WORDS[certificate.tier],
        "number": certificate.number,
        "class": {
            "name": certificate.class_name,
            "completed_on": certificate.completed_on.isoformat(),
            "hours": certificate.hours,
        },
        "exam_date": certificate.exam_day.isoformat(),
        "issued_on": certificate.issued_on.isoformat(),
        "valid_until": certificate.valid_until.isoformat(),
        "issuer": certificate.issuer_name,
        "statement": "完成规定的培训内容，经闭卷考试，成绩合格，特发此证。",
        "verify": _verify(certificate, base_url),
        "duplicate": None,
        "revoked": _revoked(certificate),
    }


def _verify(certificate: Certificate, base_url: str) -> VerifyData:
    address = verify_url(certificate, base_url)
    host = base_url.rstrip("/").split("://", 1)[-1]
    return {
        "host": f"{host}/verify",
        "url": address,
        "code": certificate.code.upper(),
        "qr_svg": qr_svg(address),
        "note": VERIFY_NOTE,
    }


def _revoked(certificate: Certificate) -> MarkData | None:
    if certificate.revoked_at is None:
        return None
    day = beijing(certificate.revoked_at).date()
    told = f"本证书已于{day.year}年{day.month}月{day.day}日撤销"
    return {"word": "已撤销", "note": f"{told}，编号保留在发证登记簿，不再作为合格凭证。"}
