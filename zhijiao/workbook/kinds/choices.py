"""Yes or no, one of a list, several of a list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.db.models import Choices

from zhijiao.wordlists import split_words
from zhijiao.workbook.cells import CellProblem, lookup_form, nearest, shown, text_of, told_choices
from zhijiao.workbook.kinds.base import TEXT_FORMAT, Kind

if TYPE_CHECKING:
    from zhijiao.workbook.context import Context

_YES = frozenset({"是", "√", "✓", "✔", "☑", "有", "对", "y", "yes", "true", "1", "v"})
_NO = frozenset({"否", "×", "✗", "✘", "x", "无", "没有", "不是", "n", "no", "false", "0", "-", "—"})


class YesNo(Kind):
    excel_options = ("是", "否")
    width = 8

    def parse(self, raw: Any, context: Context) -> bool:
        if isinstance(raw, bool):
            return raw
        text = text_of(raw).lower()
        if text in _YES:
            return True
        if text in _NO:
            return False
        raise CellProblem(f"“{shown(raw)}”应填“是”或“否”")

    def format(self, value: Any, context: Context | None = None) -> Any:
        return "" if value is None else ("是" if value else "否")

    def describe(self) -> str:
        return "填“是”或“否”，打 √ 也行"


class _Listed(Kind):
    """One of known words."""

    number_format = TEXT_FORMAT

    def _refused(self, text: str, words: Iterable[str]) -> CellProblem:
        known = list(dict.fromkeys(words))
        near = nearest(text, known)
        if near:
            return CellProblem(f"“{shown(text)}”不是这一列可填的内容，是不是“{near}”？可填：{told_choices(known)}")
        return CellProblem(f"“{shown(text)}”不是这一列可填的内容，可填：{told_choices(known)}")


class Choice(_Listed):
    """A code of a list, written as its label. `aliases` leads other words that people use to a label."""

    def __init__(
        self,
        choices: type[Choices] | Iterable[tuple[Any, str]],
        aliases: Mapping[str, str] | None = None,
        width: int = 12,
    ) -> None:
        pairs = choices.choices if isinstance(choices, type) else choices
        self.labels = {value: str(label) for value, label in pairs if value not in ("", None)}
        self.excel_options = tuple(self.labels.values())
        self.width = width
        by_label = {lookup_form(label): value for value, label in self.labels.items()}
        self._values = {lookup_form(str(value)): value for value in self.labels} | by_label
        for word, label in (aliases or {}).items():
            self._values.setdefault(lookup_form(word), by_label[lookup_form(label)])

    def parse(self, raw: Any, context: Context) -> Any:
        text = text_of(raw)
        if not text:
            return None
        try:
            return self._values[lookup_form(text)]
        except KeyError:
            raise self._refused(text, self.excel_options) from None

    def format(self, value: Any, context: Context | None = None) -> Any:
        return self.labels.get(value, value) if value not in (None, "") else ""

    def describe(self) -> str:
        return "从列表中选：" + told_choices(self.excel_options, 30)


class OneOf(_Listed):
    """A word of a list that may stand in the database: `words` is the list or callable(context)."""

    def __init__(
        self, words: Iterable[str] | Callable[[Context | None], Iterable[str]], aliases: Mapping[str, str] | None = None
    ) -> None:
        self._words = words
        self._aliases = {lookup_form(alias): word for alias, word in (aliases or {}).items()}
        if not callable(words):
            self.excel_options = tuple(words)
            self._words = self.excel_options

    def words(self, context: Context | None) -> tuple[str, ...]:
        if not callable(self._words):
            return self.excel_options
        if context is None:
            return tuple(self._words(None))
        return context.remember(("words", id(self)), lambda: tuple(self._words(context)))  # type: ignore[operator]

    def parse(self, raw: Any, context: Context) -> Any:
        text = text_of(raw)
        if not text:
            return None
        words = self.words(context)
        known = context.remember(("forms", id(self)), lambda: {lookup_form(word): word for word in words})
        form = lookup_form(text)
        found = known.get(form) or self._aliases.get(form)
        if found is None:
            raise self._refused(text, words)
        return found

    def describe(self) -> str:
        return "从列表中选：" + told_choices(self.excel_options, 30) if self.excel_options else "从列表中选"


class Words(Kind):
    """A short list in one cell, with 、 between the words; optionally only from an allowed list."""

    number_format = TEXT_FORMAT
    width = 24

    def __init__(self, allowed: Iterable[str] | type[Choices] | None = None, max_length: int = 60) -> None:
        self.max_length = max_length
        self.allowed: Kind | None = None
        if isinstance(allowed, type):
            self.allowed = Choice(allowed)
        elif allowed is not None:
            self.allowed = OneOf(tuple(allowed))

    def parse(self, raw: Any, context: Context) -> list[Any]:
        words = split_words(text_of(raw))
        for word in words:
            if len(word) > self.max_length:
                raise CellProblem(
                    f"“{shown(word, 20)}”有 {len(word)} 个字，每一项最多 {self.max_length} 个字；各项之间用“、”隔开"
                )
        if self.allowed:
            words = [self.allowed.parse(word, context) for word in words]
        return words

    def format(self, value: Any, context: Context | None = None) -> Any:
        return "、".join(str(self.allowed.format(word)) if self.allowed else str(word) for word in value or [])

    def describe(self) -> str:
        return "一项或几项，用“、”隔开" + (f"；每项{self.allowed.describe()}" if self.allowed else "")
