"""The frame around every page: the menu, the school year that is looked at, whose bureau it is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from zhijiao.dates import school_year_of
from zhijiao.workbook.registry import may_import


@dataclass(frozen=True)
class Entry:
    """A line of the menu. `opens`: what a person needs to see it: the right to import, a role at a place, "" for nothing."""

    label: str
    icon: str
    url_name: str
    group: str = ""
    opens: str = ""
    within: tuple[str, ...] = ()  # other pages that belong to it


ENTRIES = (
    Entry("今天", "house", "home"),
    Entry("支教派遣", "people", "assignments:secondment_list", "选派", within=("assignments:secondment_detail",)),
    Entry("教师", "person-badge", "assignments:teacher_list", "选派", within=("assignments:teacher_detail",)),
    Entry("学校", "building", "assignments:school_list", "选派", "place", within=("assignments:school_detail",)),
    Entry(
        "帮扶活动",
        "hand-thumbs-up",
        "assignments:activity_list",
        "在岗与帮扶",
        "place",
        within=("assignments:activity_detail",),
    ),
    Entry(
        "督导检查",
        "clipboard-check",
        "evaluations:inspection_list",
        "检查与考核",
        "place",
        within=("evaluations:inspection_detail",),
    ),
    Entry("工作总结", "file-earmark-text", "reports:index", "年度成果", "place", within=("reports:annual_report",)),
    Entry("数据项", "layout-three-columns", "reports:figures", "年度成果", "place", within=("reports:figure",)),
    Entry("导入导出", "arrow-left-right", "workbook:run_list", "数据", opens="import"),
)


class Navigation:
    """What base.html shows around a page; each part is looked up only when it is shown."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def groups(self) -> list[tuple[str, list[dict[str, Any]]]]:
        match = self._request.resolver_match
        here = match.view_name if match else ""
        namespace = here.partition(":")[0]
        grouped: dict[str, list[dict[str, Any]]] = {}
        for entry in ENTRIES:
            if not self._is_open(entry):
                continue
            try:
                address = reverse(entry.url_name)
            except NoReverseMatch:
                continue
            current = here == entry.url_name or here in entry.within
            current = current or (entry.url_name == "workbook:run_list" and namespace == "workbook")
            grouped.setdefault(entry.group, []).append({"entry": entry, "url": address, "is_current": current})
        return list(grouped.items())

    @cached_property
    def may_import(self) -> bool:
        return may_import(self._request.user)

    def _is_open(self, entry: Entry) -> bool:
        if entry.opens == "import":
            return self.may_import
        if entry.opens == "place":
            membership = self._membership
            return bool(
                getattr(self._request.user, "is_superuser", False) or (membership and not membership.teacher_id)
            )
        return True

    @cached_property
    def years(self) -> list[Any]:
        """The newest ten."""
        return school_years(self._request)[:10]

    @property
    def year(self) -> str:
        return chosen_year(self._request)

    @property
    def year_title(self) -> str:
        return f"{self.year.replace('-', '—')}学年"

    @cached_property
    def owner(self) -> str:
        """Whose system it is: the person's own bureau or school."""
        membership = self._membership
        if membership and membership.school:
            return str(membership.school)
        county = membership.district if membership and membership.district else home_county()
        return county.bureau_name if county else settings.COUNTY_NAME

    @cached_property
    def role(self) -> str:
        """人事股 · 支教专干, 校长, 教师."""
        membership = self._membership
        return (membership.duty or membership.get_role_display()) if membership else ""

    @cached_property
    def _membership(self) -> Any:
        user: Any = self._request.user
        if not user.is_authenticated:
            return None
        return user.memberships.current().select_related("school", "district").first()


def school_years(request: HttpRequest) -> list[Any]:
    """Every school year, the newest first, with `is_used` where anybody went; asked for once in a request."""
    known = getattr(request, "_school_years", None)
    if known is None:
        went = apps.get_model("assignments", "Secondment").objects.filter(school_year=OuterRef("pk"))
        years = apps.get_model("assignments", "SchoolYear").objects.annotate(is_used=Exists(went))
        known = request._school_years = list(years.order_by("-code"))  # type: ignore[attr-defined]
    return known


def chosen_year(request: HttpRequest) -> str:
    """The school year that the person looks at: what they chose, else the newest until now in which anybody went."""
    chosen = request.session.get("school_year") if hasattr(request, "session") else ""
    if chosen:
        return str(chosen)
    first = school_year_of(timezone.localdate())
    running = f"{first}-{first + 1}"
    used = (year.code for year in school_years(request) if year.is_used and year.code <= running)
    return next(used, running)


def home_county() -> Any:
    """The first county of the installation; None before there is one."""
    return apps.get_model("assignments", "District").objects.filter(level="county").first()


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor."""
    return {"nav": Navigation(request)}
