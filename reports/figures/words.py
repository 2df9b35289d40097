"""How a figure is told of: by what it is divided, what its values are called, in what way it is counted."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import FieldDoesNotExist

from reports.figures.asked import Asked
from reports.figures.registry import REGISTRY, Counted, Definition, Reckoned
from reports.figures.selection import Entered
from reports.figures.told import DIMENSION_WORDS, UNKNOWN, value_word


def dimension_name(name: str) -> str:
    return DIMENSION_WORDS.get(name, name)


def value_name(counted: Counted, dimension: str, of: Any) -> str:
    """The value of a dimension as a person calls it."""
    return UNKNOWN if of is None or of == "" else value_word(counted.definition, counted, dimension, str(of))


def values_told(counted: Counted) -> str:
    """What a figure is narrowed to: 学科：语文、学段：小学."""
    return "、".join(f"{dimension_name(name)}：{value_name(counted, name, of)}" for name, of in counted.narrowed)


def way(counted: Counted) -> str:
    """How it is counted, in a sentence."""
    definition = counted.definition
    if definition.ratio:
        over, under = (REGISTRY[key].label for key in definition.ratio)
        return f"{over} ÷ {under} × 100%，保留一位小数。"
    if definition.total:
        told = f"把每条记录的“{_verbose(counted, definition.total)}”相加。"
    elif definition.distinct:
        told = f"看记录里有几个不同的{_verbose(counted, definition.distinct)}，同一个只算一次。"
    else:
        told = "每条记录算一。"
    if isinstance(definition.given, Entered):
        return f"学校报送了的，用报送的数；没有报送的，{told}"
    if isinstance(definition.given, Reckoned):
        return "按口径从记录里算出，不是记录数的简单相加。"
    return told


def is_entered(counted: Counted) -> bool:
    """Whether the number is one that schools handed in, so that the records below it were not counted."""
    given = counted.definition.given
    return isinstance(given, Entered) and given(counted.asked) is not None


def _verbose(counted: Counted, path: str) -> str:
    field = _field(counted, path)
    return str(getattr(field, "verbose_name", path))


def _field(counted: Counted, path: str) -> Any:
    """The field at the end of a path; None for what a query works out."""
    model: Any = model_of(counted.definition, counted.asked)
    field: Any = None
    try:
        for step in path.split("__"):
            field = model._meta.get_field(step)
            model = field.related_model or model
    except FieldDoesNotExist:
        return None
    return field


_MODELS: dict[str, Any] = {}  # of a figure they never change, and making its rows is work


def model_of(definition: Definition, asked: Asked) -> Any:
    """The kind of record that it counts."""
    of = definition
    while of.ratio:
        of = REGISTRY[of.ratio[0]]
    if of.key not in _MODELS:
        assert of.rows is not None, of.key  # noqa: S101  # only a ratio has none
        _MODELS[of.key] = of.rows(asked).model
    return _MODELS[of.key]
