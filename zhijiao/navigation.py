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

from zhijiao.access import has
from zhijiao.dates import school_year_of
from zhijiao.notices.models import Notice
from zhijiao.workbook.registry import may_import


@dataclass(frozen=True)
class Entry:
    """A line of the menu. `opens`: the actions of the access table of which a person needs one to see it."""

    label: str
    icon: str
    url_name: str
    group: str = ""
    opens: tuple[str, ...] = ()
    within: tuple[str, ...] = ()  # other pages that belong to it; the beginning of a name is enough


def _entry(label: str, icon: str, url_name: str, group: str, opens: str = "", *within: str) -> Entry:
    return Entry(label, icon, url_name, group, tuple(opens.split()), within)


ENTRIES = (
    _entry("今天", "house", "home", "", "home"),
    _entry("通知", "bell", "notices:notice_list", "", "account.own", "notices:template"),
    _entry("支教派遣", "people", "assignments:secondment_list", "选派", "secondment.list", "assignments:secondment", "assignments:change", "assignments:application"),
    _entry("需求与计划", "clipboard-plus", "assignments:plan", "选派", "plan.view demand.view", "assignments:plan", "assignments:demand"),
    _entry("应交流名单", "person-lines-fill", "assignments:candidate_list", "选派", "candidate.view", "assignments:candidate", "assignments:exemption"),
    _entry("公示", "megaphone", "assignments:public_notice_list", "选派", "notice.view", "assignments:public_notice", "assignments:objection"),
    _entry("教师", "person-badge", "assignments:teacher_list", "选派", "teacher.list", "assignments:teacher", "assignments:duplicate", "assignments:merge"),
    _entry("学校", "building", "assignments:school_list", "选派", "school.view", "assignments:school"),
    _entry("考勤", "calendar3", "assignments:attendance", "在岗与帮扶", "attendance.view attendance.edit", "assignments:attendance"),
    _entry("请假", "pause-circle-fill", "assignments:leave_list", "在岗与帮扶", "leave.view", "assignments:leave"),
    _entry("任课", "table", "assignments:timetable", "在岗与帮扶", "timetable.edit", "assignments:timetable"),
    _entry("补助", "cash-stack", "assignments:allowances", "在岗与帮扶", "allowance.view", "assignments:allowance"),
    _entry("困难诉求", "chat-square-text", "assignments:difficulty_list", "在岗与帮扶", "difficulty.view", "assignments:difficulty"),
    _entry("保障与慰问", "heart", "assignments:visit_list", "在岗与帮扶", "care.view", "assignments:visit", "assignments:condolencevisit", "assignments:provision"),
    _entry("帮扶活动", "hand-thumbs-up", "assignments:activity_list", "在岗与帮扶", "activity.list", "assignments:activity", "assignments:donation"),
    _entry("督导检查", "clipboard-check", "evaluations:inspection_list", "检查与考核", "inspection.list", "evaluations:inspection"),
    _entry("工作总结", "file-earmark-text", "reports:index", "年度成果", "report.read", "reports:annual"),
    _entry("数据项", "layout-three-columns", "reports:figures", "年度成果", "figure.read", "reports:figure"),
    _entry("文件", "printer", "reports:papers", "年度成果", "document.generate document.own allowance.view", "reports:paper", "reports:certificate", "reports:national"),
    _entry("导入导出", "arrow-left-right", "workbook:run_list", "数据", "workbook.import", "workbook:"),
    _entry("账号", "person-gear", "assignments:member_list", "数据", "user.list", "assignments:member"),
    _entry("操作记录", "clock-history", "audit:entry_list", "数据", "audit.view", "audit:"),
)  # fmt: skip


class Navigation:
    """What base.html shows around a page; each part is looked up only when it is shown."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def groups(self) -> list[tuple[str, list[dict[str, Any]]]]:
        match = self._request.resolver_match
        here = match.view_name if match else ""
        known = [(entry, address) for entry in ENTRIES if self._is_open(entry) and (address := _address(entry))]
        exact = any(here == entry.url_name for entry, _ in known)
        grouped: dict[str, list[dict[str, Any]]] = {}
        for entry, address in known:
            is_current = here == entry.url_name or (not exact and here.startswith(entry.within or ("\0",)))
            grouped.setdefault(entry.group, []).append({"entry": entry, "url": address, "is_current": is_current})
        return list(grouped.items())

    @cached_property
    def may_import(self) -> bool:
        return may_import(self._request.user)

    def _is_open(self, entry: Entry) -> bool:
        return has(self._request.user, *entry.opens)

    @cached_property
    def may_have_notices(self) -> bool:
        return has(self._request.user, "account.own")

    @cached_property
    def may_write_notices(self) -> bool:
        return has(self._request.user, "notice_template.edit")

    @cached_property
    def unread(self) -> int:
        """How many notices the person has not read."""
        if not self._request.user.is_authenticated:
            return 0
        return int(Notice.objects.visible_to(self._request.user).unread().count())

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
        known = getattr(user, "memberships_of_today", None)  # found when it was asked what the person may see
        if known is not None:
            return next(iter(sorted(known, key=lambda membership: membership.pk)), None)
        return user.memberships.current().select_related("school", "district").order_by("pk").first()


def _address(entry: Entry) -> str:
    try:
        return reverse(entry.url_name)
    except NoReverseMatch:
        return ""


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
