"""What every kind of value can do, and texts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from zhijiao.workbook.cells import CellProblem, digits_of, shown, text_of

if TYPE_CHECKING:
    from zhijiao.workbook.context import Context

TEXT_FORMAT = "@"


class Kind:
    """A kind of value. `parse` gets a cell that is not empty; None from it means empty after all."""

    number_format = "General"
    is_pure = True  # the same cell always means the same: parsed once
    width = 14
    excel_options: tuple[str, ...] = ()  # of the drop-down

    def parse(self, raw: Any, context: Context) -> Any:
        raise NotImplementedError

    def format(self, value: Any, context: Context | None = None) -> Any:
        """The cell for a value; "" for none. Reading it gives the value again."""
        return "" if value is None else value

    def describe(self) -> str:
        """For the help page."""
        raise NotImplementedError

    def show(self, raw: Any) -> str:
        """A cell in a list of errors or changes; personal numbers masked."""
        return shown(raw)


class Text(Kind):
    number_format = TEXT_FORMAT

    def __init__(self, max_length: int | None = None, width: int = 16) -> None:
        self.max_length = max_length
        self.width = width

    def parse(self, raw: Any, context: Context) -> str | None:
        text = re.sub(r"\s*\n\s*", " ", digits_of(raw, "这个号码") if isinstance(raw, int | float) else text_of(raw))
        if self.max_length and len(text) > self.max_length:
            raise CellProblem(f"内容有 {len(text)} 个字，最多 {self.max_length} 个字，请缩短")
        return text or None

    def describe(self) -> str:
        return f"文字，最多 {self.max_length} 个字" if self.max_length else "文字"


class LongText(Text):
    """Text with line breaks."""

    def __init__(self, max_length: int | None = 5000, width: int = 40) -> None:
        super().__init__(max_length, width)

    def parse(self, raw: Any, context: Context) -> str | None:
        text = text_of(raw)
        if self.max_length and len(text) > self.max_length:
            raise CellProblem(f"内容有 {len(text)} 个字，最多 {self.max_length} 个字，请缩短")
        return text or None

    def describe(self) -> str:
        return super().describe() + "，可以分行"
