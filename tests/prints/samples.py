"""Invented papers, with the longest names known to fit."""

from tiejun.prints.render import qr_svg

LONG_NAME = "阿卜杜热合曼·买买提吐尔逊艾力"
LONG_UNIT = (
    "新疆维吾尔自治区伊犁哈萨克自治州生态环境局察布查尔锡伯自治县分局生态环境保护综合行政执法大队"
    "（察布查尔锡伯自治县环境应急与事故调查中心）"
)
CODE = "C6F4841C6FED1EE1F94E817B94F85880"
ADDRESS = f"https://tiejun.example/verify/5120260001?code={CODE}"


def certificate(**change):
    return {
        "title": "岗位培训合格证书",
        "series": "生态环境保护综合行政执法人员",
        "name": "欧阳䶮䶮",
        "salutation": "同志",
        "id_masked": "510***********0427",
        "unit": "巴中市南江生态环境保护综合行政执法大队",
        "post": "主要负责人",
        "level": "省级",
        "tier": "初级",
        "number": "5120260001",
        "class": {"name": "2026年省级初级班", "completed_on": "2026-09-19", "hours": 40},
        "exam_date": "2026-09-20",
        "issued_on": "2026-10-13",
        "valid_until": "2031-10-12",
        "issuer": "四川省生态环境厅（样张）",
        "statement": "完成规定的培训内容，经闭卷考试，成绩合格，特发此证。",
        "verify": {
            "host": "tiejun.example/verify",
            "url": ADDRESS,
            "code": CODE,
            "qr_svg": qr_svg(ADDRESS),
            "note": "以核验页登记为准。",
        },
        "duplicate": None,
        "revoked": None,
    } | change


def notice(**change):
    return {
        "title": "补考通知书",
        "organiser": "四川省生态环境厅（样张）",
        "doc_no": "川环培补〔2026〕17号（样张）",
        "person": {
            "name": "欧阳䶮䶮",
            "salutation": "同志",
            "unit": "巴中市南江大队",
            "id": "510***********0427",
        },
        "paragraphs": ["你于2026年9月20日参加考试，成绩为54分，未达到合格分数线60分。"],
        "sitting": [["补考时间", "2026年12月12日（星期六）09:00—11:00"], ["补考地点", "第二考场 17 座"]],
        "deadline": {
            "label": "补考期限",
            "date": "2027-03-29",
            "how": "自2026年9月28日起六个月，期满日为星期日，顺延至次一工作日。",
        },
        "closing": ["补考仍不合格的，将建议约谈。"],
        "issuer": "四川省生态环境厅（样张）",
        "issued_on": "2026-11-20",
        "printed": "打印：2026-11-20",
        "receipt": {
            "how": "请交回",
            "text": "本人已收到。",
            "choices": ["按时参加", "申请延期"],
            "signatures": ["本人　签名 / 日期"],
        },
    } | change


def record(seats=30, **change):
    def seat(number):
        return {
            "seat": f"{number:02d}",
            "name": LONG_NAME if number == 5 else "王建国",
            "id": "510***********0427",
            "state": "absent" if number == 4 else "done",
            "note": "",
        } | ({} if number == 4 else {"in": "08:41", "out": "10:31", "done": "46/46"})

    return {
        "title": "考场记录单",
        "organiser": "四川省生态环境厅（样张）",
        "session": {"code": "SC-2026-11-0032"},
        "fields": [["考试", "省级初级岗位培训考试"], ["考场", "第二考场"]],
        "totals": [{"label": "应考", "value": seats, "alert": False}],
        "states": {
            "done": {"mark": "●", "label": "已交卷", "tone": "ok"},
            "absent": {"mark": "○", "label": "缺考", "tone": "warn"},
        },
        "seats": [seat(number) for number in range(1, seats + 1)],
        "seat_note": "时间为服务器北京时间",
        "incidents": [],
        "incident_note": "共 0 起",
        "extensions": [
            {"time": "09:50", "seats": "22", "minutes": 6, "reason": "设备故障换机", "by": "陈晓东"},
        ],
        "extension_note": "共 1 次",
        "declaration": "以上记录与现场一致。",
        "signatures": ["监考员（一）　签名 / 时间", "主监考　签名 / 时间"],
        "printed": "打印：陈晓东　2026-11-20 11:32",
        "digest": "A1778188 65CCEC8F7F9FB5535AA6552A".replace(" ", ""),
    } | change
