"""A counted figure as it stands in a document: its words, and what 数据来源表 and the Excel file tell of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, ForeignKey, QuerySet

from assignments.choices import Location, TeachingStage
from reports.documents.tree import Figure
from reports.figures.registry import Counted, Definition, value

# What a dimension is called; one that is not here is told without its name.
DIMENSION_WORDS = {
    "subject": "学科",
    "stage": "学段",
    "programme": "项目类型",
    "from": "派出学校",
    "to": "受援学校",
    "at": "学校",
    "recipient": "受助单位",
    "way": "去向",
    "inspection": "督导检查",
    "secondment": "支教教师",
    "age": "年龄",
    "duty": "职责",
    "reporter": "汇报人",
    "topic": "课题",
    "from_location": "派出学校城乡分类",
    "to_location": "受援学校城乡分类",
    "township": "乡镇",
    "title": "职称",
    "sex": "性别",
    "education": "学历",
    "political": "政治面貌",
    "ethnicity": "民族",
    "batch": "批次",
    "state": "状态",
    "grade": "等次",
    "kind": "类型",
    "level": "级别",
    "category": "类别",
    "occasion": "时机",
    "respondents": "对象",
    "source": "来源",
    "conclusion": "结论",
    "item": "物资",
    "unit": "单位",
    "what": "收到的回赠",
    "campaign": "活动",
}
_ANNOTATED = {
    "placed_stage": dict(TeachingStage.choices),
    "placed_location": dict(Location.choices),
    "t_way": {"given": "捐出", "received": "接受"},
}  # paths that are no field of a model
UNKNOWN, EMPTY = "未登记", ("", "None")


def as_figure(counted: Counted, text: str = "", of: str = "", is_listed: bool = True) -> Figure:
    """The number with its name, its meaning, the address of its records, how many they are, and the parts of a ratio.

    `of` tells what it was counted of, where the name alone does not: another year, say.
    """
    definition = counted.definition
    narrow = dict(counted.narrowed)
    parts = tuple(
        as_figure(value(key, counted.asked, **(narrow if place == 0 else {})))
        for place, key in enumerate(definition.ratio or ())
    )
    narrowed = "、".join(filter(None, (of, *narrowed_words(counted))))
    return Figure(
        text or counted.told,
        definition.key,
        counted.url,
        definition.label,
        definition.definition,
        counted.records,
        value=number_told(counted),
        unit=definition.unit,
        of=narrowed,
        parts=parts,
        is_listed=is_listed,
    )


def figure_of(counted: Counted, unit: str | None = None, of: str = "") -> Figure:
    """The same with a unit behind it. `unit` None: the figure's own. A ratio has its sign and takes no other."""
    definition = counted.definition
    text = counted.told if definition.ratio else f"{counted.told}{definition.unit if unit is None else unit}"
    return as_figure(counted, text, of)


def number_told(counted: Counted) -> int | Decimal:
    """The number exactly as a text tells it: a ratio with one decimal."""
    number = Decimal(counted.told.removesuffix("%"))
    return int(number) if number == int(number) else number


def narrowed_words(counted: Counted) -> list[str]:
    """What the figure was narrowed to, in words: 小学, 优秀; with the dimension's name where nothing is registered."""
    return [
        value_word(counted.definition, counted, name, of)
        if of not in EMPTY
        else f"{DIMENSION_WORDS.get(name, name)}{UNKNOWN}"
        for name, of in counted.narrowed
    ]


def value_word(definition: Definition, counted: Counted, name: str, of: str) -> str:
    """A value of a dimension as people call it: the label of a choice, the name itself."""
    path = definition.paths[name]
    labels = _ANNOTATED.get(path) or counted.asked.remember(
        ("labels", definition.key, name), lambda: _labels(counted.rows(), path)
    )
    return str(labels.get(of, of))


def _labels(rows: QuerySet[Any], path: str) -> dict[str, Any]:
    """The choices of the field that a path leads to, or the records that it names; none where it is free text or no field at all."""
    field: Any = None
    at: Any = rows.model
    for step in path.split("__"):
        try:
            field = at._meta.get_field(step)
        except FieldDoesNotExist:
            return {}
        at = field.related_model or at
    if isinstance(field, ForeignKey):
        known = field.related_model._default_manager.filter(pk__in=rows.order_by().values(path)).select_related()
        return {str(one.pk): str(one) for one in known}
    return {str(code): label for code, label in field.flatchoices} if isinstance(field, Field) else {}
