"""A row of another sheet."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.db.models import Model

from zhijiao.workbook.cells import text_of
from zhijiao.workbook.kinds.base import TEXT_FORMAT, Kind

if TYPE_CHECKING:
    from zhijiao.workbook.context import Context


class Reference(Kind):
    """A row of another sheet (of this workbook or already recorded), by one of its names.

    `scope` is a field of this row: only rows are meant whose own `Sheet.scope` field has the same value.
    `narrow(found row, this row's values)` decides between several that remain. `field` finds by this attribute
    in place of the sheet's names.
    """

    number_format = TEXT_FORMAT
    is_pure = False
    width = 18

    def __init__(
        self,
        sheet: str,
        scope: str | None = None,
        field: str = "",
        narrow: Callable[[Any, dict[str, Any]], bool] | None = None,
    ) -> None:
        self.sheet, self.scope, self.field, self.narrow = sheet, scope, field, narrow

    def parse(self, raw: Any, context: Context) -> Any:
        return self.resolve(text_of(raw), {}, context)

    def resolve(self, text: str, values: dict[str, Any], context: Context) -> Any:
        """The row that is meant. CellProblem where there is none or more than one."""
        if not text:
            return None
        return context.index(self.sheet, self.field).resolve(text, self, values)

    def format(self, value: Any, context: Context | None = None) -> Any:
        if value is None or value == "":
            return ""
        if context is None:
            return str(value)
        key = value.pk if isinstance(value, Model) else value
        return context.index(self.sheet, self.field).name_of(key)

    def format_within(self, key: Any, scope: Any, context: Context) -> str:
        """The name to be written in a row whose own scope is this."""
        return context.index(self.sheet, self.field).name_of(key, scope) if key is not None else ""

    def describe(self) -> str:
        return f"“{self.sheet}”表里登记的名称" + ("；有重名时写成“姓名（学校）”" if not self.field else "")
