"""支教服务年限证明: drawn from what was frozen when it was issued, with the code that the public page confirms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from assignments.models import Secondment
from reports.certificates import downloadable, told_months, told_span, why_not_counted
from reports.documents.tree import Document, Paragraph, QrCode, Signature, Table, bound
from reports.models import Certificate
from reports.papers.paper import Choice, Making, Paper, Wanted
from reports.papers.words import centred


def find(wanted: Wanted) -> list[Choice]:
    rows = downloadable(wanted.user)
    if wanted.secondment is not None:
        rows = rows.filter(secondments=wanted.secondment)
    else:
        if wanted.school:
            rows = rows.filter(secondments__sending_school=wanted.school)
        if wanted.year:
            rows = rows.filter(secondments__school_year__code=wanted.year)
    rows = rows.select_related("teacher", "county").distinct().order_by("-year", "-number")
    return [_choice(row) for row in rows]


def _choice(row: Certificate) -> Choice:
    why_not = (
        f"{row.revoked_on:%Y.%m.%d} 已撤销"
        if row.revoked_on
        else ""
        if row.is_whole
        else "内容和开具时不一致，请联系管理员"
    )
    return Choice(
        str(row.pk), row, f"{row.teacher}", f"{row.serial}，{told_months(row.content['total'])} 个月", why_not
    )


def certificates(rows: Sequence[Certificate], making: Making) -> Document:
    return bound("支教服务年限证明", [certificate(row.content) for row in rows], layout="certificate")


def certificate(content: dict[str, Any]) -> Document:
    lines = content["lines"]
    number = f"，身份证号 {content['id_number']}" if content["id_number"] else ""
    sex = f"，{content['sex']}" if content["sex"] in ("男", "女") else ""
    purpose = f"本证明用于{content['purpose']}。" if content["purpose"] else ""
    issued = dt.date.fromisoformat(content["issued_on"])
    blocks = (
        Paragraph(
            f"兹证明{content['name']}同志（{(sex + number).lstrip('，')}）" if sex or number else f"兹证明{content['name']}同志",
            f"自{_month(lines[0]['first'])}至{_month(max(line['last'] for line in lines))}，{f'先后参加 {len(lines)} 段支教' if len(lines) > 1 else '参加支教'}，"
            f"累计 {told_months(content['total'])} 个月。{_sums(content)}",
        ),
        _table(lines),
        Paragraph(f"{purpose}特此证明。"),
        Signature(content["bureau"], issued),
        QrCode(
            content["address"],
            (f"验证码：{content['code']}", "扫描二维码，或者在验证页面输入验证码，再输入持证人姓名，可以核对本证明。", "本证明涂改无效；撤销的，验证页面会写明。"),
        ),
    )  # fmt: skip
    return Document(
        "支教服务年限证明", blocks, content["bureau"], issued, byline="", number=f"编号：{content['serial']}", subject="支教服务年限证明", layout="certificate"
    )  # fmt: skip


def _sums(content: dict[str, Any]) -> str:
    """其中：乡村 10.5 个月，镇区 3 个月；支援 …"""
    told = []
    for key in ("by_location", "by_programme"):
        parts = content[key]
        if parts and not (len(parts) == 1 and parts[0][0] == "未分类"):
            told.append("，".join(f"{name} {told_months(months)} 个月" for name, months in parts))
    return f"其中：{'；'.join(told)}。" if told else ""


def _table(lines: Sequence[dict[str, Any]]) -> Table:
    rows = tuple(
        (
            told_span(line), line["sending"], _school(line), _kind(line), line["programme"], line["subject"], told_months(line["months"]), line["grade"],
        )
        for line in lines
    )  # fmt: skip
    heads = ("起止时间", "派出学校", "受援学校", "学校类别", "项目", "学科", "月数", "考核等次")
    return Table("", heads, rows, centred(len(heads)), (6.2, 4.6, 5.4, 2.6, 4, 2.6, 2.2, 2.6))


def _school(line: dict[str, Any]) -> str:
    point = f"（{line['teaching_point']}）" if line["teaching_point"] else ""
    township = line["township"] if line["township"] and line["township"] not in line["school"] else ""
    return f"{township}{line['school']}{point}"


def _kind(line: dict[str, Any]) -> str:
    return "　".join(part for part in (line["location"], line["class"]) if part)


def _month(iso: str) -> str:
    day = dt.date.fromisoformat(iso)
    return f"{day.year}年{day.month}月"


NOT_ISSUED = "还没有开具"


def why_not(secondment: Secondment) -> str:
    """Asks the database once: this is told on the page of a secondment."""
    if Certificate.objects.filter(secondments=secondment, revoked_on=None).exists():
        return ""
    return why_not_counted(secondment) or NOT_ISSUED


CERTIFICATE = Paper(
    "certificate", "服务年限证明", "支教结束以后开具，有编号和验证二维码。", find, certificates, actions=("certificate.download",),
    asks=("year", "school"), unit="份", why_not=why_not,
)  # fmt: skip
