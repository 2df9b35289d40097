"""Builds workbooks for tests, as a clerk's Excel would write them."""

from __future__ import annotations

import io
from typing import Any

from openpyxl import Workbook

from zhijiao.workbook import registry
from zhijiao.workbook.description import Sheet

Rows = list[dict[str, Any]]


def workbook(sheets: dict[str, Rows], *, headers: dict[str, list[str]] | None = None) -> io.BytesIO:
    """Sheet → rows of header → cell. The headers are those that the rows have, or those given."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        columns = (headers or {}).get(name) or list(dict.fromkeys(header for row in rows for header in row))
        page.append(columns)
        for row in rows:
            page.append([row.get(header) for header in columns])
    return saved(book)


def saved(book: Workbook) -> io.BytesIO:
    stream = io.BytesIO()
    book.save(stream)
    stream.seek(0)
    return stream


def sample(sheet: Sheet) -> dict[str, Any]:
    """The template's sample row as a real one."""
    return {column.header: column.sample for column in sheet.columns if column.sample not in ("", None)}


def sample_year() -> dict[str, Rows]:
    """The sample row of every sheet, with the schools, teachers and activities that they name."""
    year = {sheet.name: [sample(sheet)] for sheet in registry.sheets()}
    year["学校"] += [{"学校名称": name} for name in ("三岔中学", "县实验初中", "县直第二初中", "张河中学", "柳坪小学")]
    names = ("毛洪川", "程守正", "刘书桐", "林小禾", "白海川")
    year["教师"] += [{"姓名": name, "所在学校": "县直第二初中"} for name in names]
    return year


SCHOOLS: Rows = [
    {"学校名称": "云溪乡中心初中", "学段": "初中", "城乡分类": "乡村", "是否中心校": "是", "所属中心校": None},
    {"学校名称": "三岔中学", "学段": "初中", "城乡分类": "乡村", "是否中心校": None, "所属中心校": "云溪乡中心初中"},
    {"学校名称": "县实验初中", "学段": "初中", "城乡分类": "城区", "是否中心校": None, "所属中心校": None},
]
TEACHERS: Rows = [
    {"姓名": "沈若兰", "所在学校": "县实验初中", "身份证号": "11010519491231002X", "手机号": "13800000000"},
    {"姓名": "陶景明", "所在学校": "县实验初中", "身份证号": None, "手机号": None},
]
SECONDMENTS: Rows = [
    {"教师": "沈若兰", "派出学校": "县实验初中", "受援学校": "三岔中学", "学年": "2023-2024", "任教学科": "语文"},
    {"教师": "陶景明", "派出学校": "县实验初中", "受援学校": "三岔中学", "学年": "2023-2024", "任教学科": "物理"},
]


def small_year() -> dict[str, Rows]:
    """Three schools, two teachers, two secondments: to be changed by a test."""
    return {
        "学校": [dict(row) for row in SCHOOLS],
        "教师": [dict(row) for row in TEACHERS],
        "支教派遣": [dict(row) for row in SECONDMENTS],
    }
