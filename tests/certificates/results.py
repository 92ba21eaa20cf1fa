"""Messages as the exams emit them."""

from uuid import uuid4

TRAINING = {
    "class_name": "2026年省级初级班",
    "completed_on": "2026-10-23",
    "hours": 40.0,
    "syllabus_version": "2026",
}


def payload_for(holder, /, **change):
    """Return the statement of a pass with training; `change` replaces members."""
    base = {
        "attempt": str(uuid4()),
        "revision": 1,
        "person": {
            "public_id": str(holder.public_id),
            "name": holder.name,
            "id_masked": holder.id_number_masked,
            "unit": "南江生态环境保护综合行政执法大队",
            "province_code": "51",
            "is_xpcc": False,
        },
        "programme": "省级初级岗位培训考试",
        "level": "provincial",
        "tier": "primary",
        "verdict": "pass",
        "exam_day": "2026-11-19",
        "form": "A",
        "training": TRAINING,
        "reason": "",
        "digest": "0" * 64,
    }
    return base | change


def revised(payload, **change):
    """Return the next revision of a statement."""
    return payload | {"revision": payload["revision"] + 1} | change
