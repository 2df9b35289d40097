"""The frame around every page: the menu, the school year that is looked at, whose bureau it is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, get_script_prefix, reverse
from django.utils import timezone
from django.utils.safestring import SafeString

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

    def reach(self, name: str) -> int:
        """How exactly the page of this name is the entry's: the longest beginning that fits, 0 where none does."""
        if name == self.url_name:
            return len(name) + 1
        return max((len(beginning) for beginning in self.within if name.startswith(beginning)), default=0)


def _entry(label: str, icon: str, url_name: str, group: str, opens: str = "", *within: str) -> Entry:
    return Entry(label, icon, url_name, group, tuple(opens.split()), within)


ENTRIES = (
    _entry("今天", "house", "home", "", "home", "send_reminder"),
    _entry("通知", "bell", "notices:notice_list", "", "account.own", "notices:"),
    _entry("支教派遣", "people", "assignments:secondment_list", "选派", "secondment.list", "assignments:secondment", "assignments:change", "assignments:application"),
    _entry("需求与计划", "clipboard-plus", "assignments:plan", "选派", "plan.view demand.view", "assignments:plan", "assignments:demand"),
    _entry("应交流名单", "person-lines-fill", "assignments:candidate_list", "选派", "candidate.view", "assignments:candidate", "assignments:exemption"),
    _entry("公示", "megaphone", "assignments:public_notice_list", "选派", "notice.view", "assignments:public_notice", "assignments:objection"),
    _entry("教师", "person-badge", "assignments:teacher_list", "选派", "teacher.list", "assignments:teacher", "assignments:correction", "assignments:duplicate"),
    _entry("学校", "building", "assignments:school_list", "选派", "school.view", "assignments:school"),
    _entry("考勤", "calendar3", "assignments:attendance", "在岗与帮扶", "attendance.view attendance.edit", "assignments:attendance"),
    _entry("请假", "pause-circle-fill", "assignments:leave_list", "在岗与帮扶", "leave.view", "assignments:leave"),
    _entry("任课", "table", "assignments:timetable", "在岗与帮扶", "timetable.edit", "assignments:timetable"),
    _entry("工作记录", "journal-text", "evaluations:work_list", "在岗与帮扶", "worklog.view", "evaluations:work", "reports:dossier"),
    _entry("补助", "cash-stack", "assignments:allowances", "在岗与帮扶", "allowance.view", "assignments:allowance"),
    _entry("困难诉求", "chat-square-text", "assignments:difficulty_list", "在岗与帮扶", "difficulty.view", "assignments:difficulty"),
    _entry("保障与慰问", "heart", "assignments:visit_list", "在岗与帮扶", "care.view", "assignments:visit", "assignments:condolencevisit", "assignments:provision"),
    _entry("帮扶活动", "hand-thumbs-up", "assignments:activity_list", "在岗与帮扶", "activity.list", "assignments:activity", "assignments:donation"),
    _entry("督导检查", "clipboard-check", "evaluations:inspection_list", "检查与考核", "inspection.list", "evaluations:inspection", "evaluations:feedback"),
    _entry("整改", "check-circle-fill", "evaluations:rectification_list", "检查与考核", "finding.view", "evaluations:rectification", "evaluations:finding"),
    _entry("问卷", "chat-square-text", "evaluations:questionnaire_list", "检查与考核", "questionnaire.progress_count", "evaluations:question", "evaluations:class_tally"),
    _entry("考核", "award", "evaluations:appraisal_list", "检查与考核", "evaluation.view", "evaluations:appraisal"),
    _entry("考核办法", "layout-three-columns", "evaluations:rubric_list", "检查与考核", "rubric.view", "evaluations:rubric"),
    _entry("总览", "eye", "reports:glance", "年度成果", "figure.read", "reports:glance"),
    _entry("工作总结", "file-earmark-text", "reports:index", "年度成果", "report.read", "reports:annual", "reports:living"),
    _entry("学年结转", "lock-fill", "reports:years", "年度成果", "year.view", "reports:year"),
    _entry("数据项", "layout-three-columns", "reports:figures", "年度成果", "figure.read", "reports:figure"),
    _entry("文件", "printer", "reports:papers", "年度成果", "document.generate document.own allowance.view", "reports:paper", "reports:certificate", "reports:national", "reports:red_head"),
    _entry("导入导出", "arrow-left-right", "workbook:run_list", "数据", "workbook.import", "workbook:"),
    _entry("账号", "person-gear", "assignments:member_list", "数据", "user.list", "assignments:member"),
    _entry("操作记录", "clock-history", "audit:entry_list", "数据", "audit.view", "audit:"),
)  # fmt: skip
# Around the menu: the search box above it, and what is one's own below it.
SEARCH = _entry("搜索", "search", "assignments:search", "", "search", "assignments:search")
ACCOUNT = _entry(
    "个人设置", "person-gear", "account", "", "account.own",
    "password_change", "second_factor", "recovery_codes", "session_end", "assignments:role_own", "assignments:role_lend", "assignments:role_take_back",
)  # fmt: skip


def entry_of(name: str) -> Entry | None:
    """To which entry a page belongs, by its URL name; the one rule for what the menu marks as here."""
    best = max((*ENTRIES, SEARCH, ACCOUNT), key=lambda entry: entry.reach(name))
    return best if best.reach(name) else None


class Navigation:
    """What base.html shows around a page; each part is looked up only when it is shown."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @property
    def menu(self) -> SafeString:
        """The entries that are open to this person, in their groups, drawn."""
        return _drawn(tuple(filter(self._is_open, ENTRIES)), self._here, self.unread, get_script_prefix())

    @cached_property
    def _here(self) -> Entry | None:
        match = self._request.resolver_match
        return entry_of(match.view_name) if match else None

    @property
    def is_search(self) -> bool:
        return self._here is SEARCH

    @property
    def is_account(self) -> bool:
        return self._here is ACCOUNT

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
        user: Any = self._request.user
        if not user.is_authenticated:
            return 0
        if (known := getattr(user, "unread_notices", None)) is not None:  # came with the person
            return int(known)
        return int(Notice.objects.visible_to(user).unread().count())

    @cached_property
    def years(self) -> list[Any]:
        """The newest ten."""
        return school_years(self._request)[:10]

    @property
    def year(self) -> str:
        return chosen_year(self._request)

    @cached_property
    def closed_year(self) -> str:
        """The closed year of the record that is shown, else the year that is looked at, where it is closed; else nothing."""
        met = getattr(self._request, "closed_years_met", ())
        if len(met) == 1:
            return str(next(iter(met)))
        return self.year if is_year_closed(self._request, self.year) else ""

    @cached_property
    def closing(self) -> Any:
        """Who closed that year, and when; looked up only where it is closed."""
        rows = apps.get_model("assignments", "YearClosing").objects.filter(
            school_year__code=self.closed_year, reopened_on=None, county__in=counties_of_roles(self._request.user)
        )
        return rows.select_related("closed_by").order_by("pk").first()

    @property
    def closed_title(self) -> str:
        return "本学年" if self.closed_year == self.year else f"{self.closed_year.replace('-', '—')}学年"

    @property
    def year_title(self) -> str:
        return f"{self.year.replace('-', '—')}学年"

    @cached_property
    def owner(self) -> str:
        """Whose system it is: the person's own bureau or school."""
        membership = self._membership
        if membership and membership.school:
            return str(membership.school)
        county = (membership and membership.county) or home_county()
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
        has(user, "search")  # what the person may do is looked up in their roles, which are known from then on
        known = getattr(user, "memberships_of_today", None)
        if known is not None:
            return next(iter(sorted(known, key=lambda membership: membership.pk)), None)
        return user.memberships.current().select_related("school", "district", "teacher__county").order_by("pk").first()


@lru_cache(maxsize=1024)
def _drawn(entries: tuple[Entry, ...], here: Entry | None, unread: int, prefix: str) -> SafeString:
    """Drawn once for all who have the same entries open, on the same page: everything that it tells is in the key."""
    grouped: dict[str, list[dict[str, Any]]] = {}
    for entry in entries:
        if address := _address(entry):
            line = {"entry": entry, "url": address, "is_current": entry is here}
            grouped.setdefault(entry.group, []).append(line)
    return render_to_string("components/menu.html", {"groups": list(grouped.items()), "unread": unread})


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
        closed = apps.get_model("assignments", "YearClosing").objects.filter(
            school_year=OuterRef("pk"), reopened_on=None, county__in=counties_of_roles(getattr(request, "user", None))
        )
        years = apps.get_model("assignments", "SchoolYear").objects.annotate(
            is_used=Exists(went), is_closed=Exists(closed)
        )
        known = request._school_years = list(years.order_by("-code"))  # type: ignore[attr-defined]
    return known


def is_year_closed(request: HttpRequest, code: str | None) -> bool:
    """Whether this year can only be looked at, for a county in which the person has a role."""
    return any(year.code == code and year.is_closed for year in school_years(request))


def counties_of_roles(user: Any) -> set[int]:
    """The counties of the person's roles: a year is closed for a county. Their roles are known once asked for a right."""
    if not getattr(user, "is_authenticated", False):
        return set()
    has(user, "search")
    places = [one.school or one.teacher for one in getattr(user, "memberships_of_today", ()) if not one.district_id]
    own = {one.district_id for one in getattr(user, "memberships_of_today", ()) if one.district_id}
    return own | {place.county_id for place in places if place}


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
