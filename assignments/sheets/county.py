"""Whose workbook it is: the county (and the period, the school year) that the engine asks for."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from assignments.choices import DistrictLevel
from assignments.models import District
from zhijiao.workbook.registry import Fact

COUNTY, CODE, BUREAU = "县（市、区）", "区划代码", "主管部门"
FACTS = (
    Fact(COUNTY, "这本工作簿属于哪个县。系统里只有一个县时可以不填", "青岚县"),
    Fact(CODE, "6 位区划代码（GB/T 2260），可不填", ""),
    Fact(BUREAU, "用于报告落款，如 青岚县教育局；可不填", "青岚县教育局"),
)


def resolve(facts: dict[str, str] | None, code: str | None) -> District:
    """The county of the workbook: by the code that was asked for, by what its first sheet says, else the only one."""
    counties = District.objects.counties()
    if code:
        found = counties.filter(code=code).first()
        if found is None:
            raise ValueError(f"系统里没有区划代码为 {code} 的县（市、区）")
        return found
    told = {label: (value or "").strip() for label, value in (facts or {}).items()}
    name, told_code = told.get(COUNTY, ""), told.get(CODE, "")
    found = counties.filter(code=told_code).first() if told_code else None
    found = found or (counties.filter(name=name).first() if name else None)
    if found is None:
        found = _only_or_new(counties, name, told_code)
    return _with_bureau(found, told.get(BUREAU, ""))


def _only_or_new(counties: Any, name: str, code: str) -> District:
    known = list(counties[:2])
    if len(known) == 1 and not name:
        return known[0]
    if not known:
        return District.objects.create(name=name or settings.COUNTY_NAME, code=code, level=DistrictLevel.COUNTY)
    if name:
        listed = "、".join(counties.values_list("name", flat=True)[:10])
        raise ValueError(f"系统里没有“{name}”这个县（市、区），现有：{listed}")
    raise ValueError("系统里有几个县（市、区），请在“基本信息”表写明这本工作簿属于哪一个，或用 --district 写区划代码")


def _with_bureau(county: District, bureau: str) -> District:
    if bureau and county.bureau != bureau:
        county.bureau = bureau
        county.save(update_fields=["bureau"])
    return county


def tell(county: District) -> dict[str, str]:
    return {COUNTY: county.name, CODE: county.code, BUREAU: county.bureau}
