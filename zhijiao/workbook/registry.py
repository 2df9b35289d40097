"""The sheets that the apps describe, and what the engine asks them: county, period, school year, who may import."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Model

from zhijiao.workbook.description import Sheet
from zhijiao.workbook.kinds import Reference


@dataclass(frozen=True)
class Fact:
    """A line of the sheet that says whose year it is."""

    label: str
    help: str = ""
    sample: str = ""


CountyResolver = Callable[[dict[str, str] | None, str | None], Model]

_sheets: dict[str, Sheet] = {}
_ordered: list[Sheet] = []


class _Hooks:
    """What the apps told the engine; each is set once, when Django starts."""

    resolve_county: CountyResolver | None = None
    facts_sheet: str = "基本信息"
    facts: tuple[Fact, ...] = ()
    tell_county: Callable[[Any], Mapping[str, str]] | None = None
    parse_period: Callable[[str], Any] | None = None
    find_school_year: Callable[[str], Model] | None = None
    tell_refusal: Callable[[Exception], str | None] | None = None
    may_import: Callable[[Any], bool] | None = None
    counties_of: Callable[[Any], Iterable[Any]] | None = None


def register(*sheets: Sheet) -> None:
    """Make sheets known. Called while Django starts."""
    for sheet in sheets:
        if sheet.name in _sheets and _sheets[sheet.name] is not sheet:
            raise ValueError(f"sheet {sheet.name} is registered twice")
        _sheets[sheet.name] = sheet
    _ordered.clear()


def sheets() -> list[Sheet]:
    """All of them, each after those that it needs."""
    if not _ordered:
        _ordered.extend(_in_order())
    return list(_ordered)


def sheet(name: str) -> Sheet:
    return _sheets[name]


def needed_by(sheet: Sheet) -> tuple[str, ...]:
    """The sheets that must come before this one: those it names, and those that it refers to."""
    referred = [column.kind.sheet for column in sheet.columns if isinstance(column.kind, Reference)]
    return tuple(dict.fromkeys(name for name in [*sheet.needs, *referred] if name != sheet.name))


def _in_order() -> list[Sheet]:
    ordered: dict[str, Sheet] = {}
    waiting: list[str] = []

    def place(sheet: Sheet) -> None:
        if sheet.name in ordered:
            return
        if sheet.name in waiting:
            raise ValueError(f"sheets need each other: {' → '.join([*waiting, sheet.name])}")
        waiting.append(sheet.name)
        for name in needed_by(sheet):
            if name not in _sheets:
                raise ValueError(f"sheet {sheet.name} needs {name}, which nobody registered")
            place(_sheets[name])
        waiting.pop()
        ordered[sheet.name] = sheet

    for sheet in _sheets.values():
        place(sheet)
    return list(ordered.values())


def set_county_resolver(
    resolve: CountyResolver,
    *,
    sheet: str = "基本信息",
    facts: Iterable[Fact] = (),
    tell: Callable[[Any], Mapping[str, str]] | None = None,
) -> None:
    """`resolve(facts or None, code or None)` gives the county that a workbook is for, or raises ValueError with a
    Chinese sentence. The facts are read from the sheet of that name (label beside value); `tell(county)` gives them
    for an export.
    """
    _Hooks.resolve_county, _Hooks.facts_sheet, _Hooks.facts, _Hooks.tell_county = resolve, sheet, tuple(facts), tell


def set_period_parser(parse: Callable[[str], Any]) -> None:
    """`parse("2023-2024")` gives what Sheet.export gets, or raises ValueError with a Chinese sentence."""
    _Hooks.parse_period = parse


def set_school_year_finder(find: Callable[[str], Model]) -> None:
    """`find("2023-2024")` gives the school year, which it begins where it does not exist."""
    _Hooks.find_school_year = find


def set_permission(may_import: Callable[[Any], bool], counties: Callable[[Any], Iterable[Any]]) -> None:
    """Who may import at all, and the counties for which a person may."""
    _Hooks.may_import, _Hooks.counties_of = may_import, counties


def set_refusal_teller(tell: Callable[[Exception], str | None]) -> None:
    """`tell(error)` gives the sentence for a rule of the database that no constraint of Django's writes (a trigger)."""
    _Hooks.tell_refusal = tell


def refusal_told(error: Exception) -> str | None:
    return _Hooks.tell_refusal(error) if _Hooks.tell_refusal else None


def county_for(facts: dict[str, str] | None, code: str | None) -> Any:
    if _Hooks.resolve_county is None:
        raise ValueError("没有登记县（市、区），不知道这份工作簿属于哪里")
    return _Hooks.resolve_county(facts, code)


def known_county(code: str | None) -> Any:
    """The county of that code, or the only one; ValueError where it does not exist yet."""
    with transaction.atomic():
        county = county_for(None, code)
        transaction.set_rollback(True)  # asking does not begin one
    found = type(county)._default_manager.filter(pk=county.pk).first()
    if found is None:
        raise ValueError("系统里还没有登记县（市、区），请先导入工作簿")
    return found


def facts_sheet() -> str:
    return _Hooks.facts_sheet


def facts() -> tuple[Fact, ...]:
    return _Hooks.facts


def facts_of(county: Any) -> dict[str, str]:
    return dict(_Hooks.tell_county(county)) if _Hooks.tell_county else {}


def period(text: str) -> Any:
    if _Hooks.parse_period is None:
        raise ValueError("系统还不认识时段")
    return _Hooks.parse_period(text)


def school_year(code: str) -> Any:
    if _Hooks.find_school_year is None:
        raise ValueError("系统还没有学年")
    return _Hooks.find_school_year(code)


def may_import(user: Any) -> bool:
    if not getattr(user, "is_active", False):
        return False
    return _Hooks.may_import(user) if _Hooks.may_import else bool(user.is_superuser)


def counties_of(user: Any) -> list[Any]:
    return list(_Hooks.counties_of(user)) if _Hooks.counties_of and may_import(user) else []
