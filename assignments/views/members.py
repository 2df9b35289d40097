"""/members/: accounts and roles of the bureau and its schools, one's own roles, deputies, slips in bulk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

import django_filters as filters
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assignments import members, slips
from assignments.access import may
from assignments.choices import SERVING_STATES, Role
from assignments.forms.members import GrantForm, LendForm, MemberForm, PolicyForm, ReasonForm, ResetForm
from assignments.models import District, Membership, School, Secondment, Teacher
from zhijiao.access import needs
from zhijiao.accounts import second_factor
from zhijiao.accounts.history import history_of
from zhijiao.accounts.models import RolePolicy, User
from zhijiao.dates import told
from zhijiao.detail import icon
from zhijiao.entry import once
from zhijiao.filters import ChoicesFilter, ListFilters
from zhijiao.identity import mask_phone
from zhijiao.listing import ListColumn, ListPage, ListView
from zhijiao.refusals import tells_refusals

_FORMS = require_http_methods(["GET", "HEAD", "POST"])
_SHOWN = 300  # schools or teachers to choose from at once; more is found by searching

# --- lists -------------------------------------------------------------------------------------------------------------


class MemberFilter(ListFilters):
    searched = ("name", "username", "memberships__school__name")
    role = ChoicesFilter(label="角色", choices=Role, method="with_role")
    active = filters.BooleanFilter(label="能登录", field_name="is_active")

    class Meta:
        model = User
        fields: list[str] = []

    def with_role(self, rows: QuerySet[User], name: str, value: Sequence[str]) -> QuerySet[User]:
        """Whoever has one of them today."""
        held = Membership.objects.current().filter(user=OuterRef("pk"), role__in=value)
        return rows.filter(Exists(held)) if value else rows

    def search(self, rows: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        """A person with two schools comes once."""
        found = super().search(User.objects.all(), name, value).values("pk")
        return rows.filter(pk__in=found)


WAITING = Exists(Membership.objects.filter(user=OuterRef("pk"), is_waiting=True))


def _roles_told(row: User) -> str:
    parts = []
    for one in row.shown_roles:  # type: ignore[attr-defined]
        mark = "（待确认）" if one.is_waiting else "（代理）" if one.deputy_for_id else ""
        parts.append(f"{one.place or ''} {one.get_role_display()}{mark}".strip())
    return "；".join(parts)


def _state(row: User) -> SafeString:
    if not row.is_active:
        return format_html('<span class="state state-done">{}停用</span>', icon("x-lg"))
    if not row.has_usable_password():
        return format_html('<span class="state state-wait">{}没领取</span>', icon("hourglass-split"))
    return format_html('<span class="state state-live">{}在用</span>', icon("check-circle-fill"))


MEMBERS = ListPage(
    heading="账号与角色",
    filters=MemberFilter,
    order=("name", "pk"),
    search_hint="姓名、账号、学校",
    nothing="还没有账号。",
    unit="个",
    template="assignments/member_list.html",
    views=(
        ListView("等确认", "waiting", WAITING),
        ListView("没领取", "unclaimed", Q(password__startswith=UNUSABLE_PASSWORD_PREFIX, is_active=True)),
        ListView("停用", "disabled", Q(is_active=False)),
    ),
    columns=(
        ListColumn("姓名", lambda row: format_html('<a href="{}">{}</a>', reverse("assignments:member_detail", args=[row.pk]), row.name), "c-name", "name", ("name",)),
        ListColumn("账号", lambda row: row.username, "num", "username", ("username",)),
        ListColumn("角色", _roles_told),
        ListColumn("状态", _state, "c-state"),
        ListColumn("手机", lambda row: mask_phone(row.phone) if row.phone else "", "num c-wide"),
        ListColumn("上次登录", lambda row: told(timezone.localdate(row.last_login)) if row.last_login else "", "num c-wide", "last_login", ("last_login",)),
    ),
)  # fmt: skip


def _roles_prefetched(by: Any) -> Prefetch:
    today = timezone.localdate()
    rows = Membership.objects.visible_to(by).filter(Q(end=None) | Q(end__gte=today))
    return Prefetch(
        "memberships", rows.select_related("school", "district", "teacher__school").order_by("pk"), "shown_roles"
    )


@needs("user.list")
@require_safe
def member_list(request: HttpRequest) -> HttpResponse:
    rows = User.objects.visible_to(request.user).prefetch_related(_roles_prefetched(request.user))
    return MEMBERS.render(request, rows, may_create=may(request.user, "user.create"))


def _member(request: HttpRequest, pk: int) -> User:
    found: User = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    return found


def _membership(request: HttpRequest, pk: int) -> Membership:
    rows = Membership.objects.visible_to(request.user).select_related("user", "school", "district", "teacher__school")
    found: Membership = get_object_or_404(rows, pk=pk)
    return found


@needs("user.list")
@require_safe
def member_detail(request: HttpRequest, pk: int) -> HttpResponse:
    user, by = _member(request, pk), request.user
    today = timezone.localdate()
    rows = Membership.objects.visible_to(by).filter(user=user).order_by("-is_waiting", "-start", "-pk")
    roles = list(
        rows.select_related(
            "school", "district__parent", "teacher__school", "granted_by", "confirmed_by", "deputy_for__user"
        )
    )
    for one in roles:
        one.why_not = members.why_not_confirm(by, one) if one.is_waiting else ""  # type: ignore[arg-type, attr-defined]
        one.is_over = bool(one.end and one.end < today)  # type: ignore[attr-defined]
    context = {
        "member": user,
        "state": _state(user),
        "phone": mask_phone(user.phone) if user.phone else "",
        "roles": roles,
        "open_code": user.claim_codes.usable().first(),
        "second_factor": second_factor.since(user),
        "steps": history_of(user, also=roles),
        "may_disable": may(by, "user.disable") and user.pk != by.pk,
        "may_reset": may(by, "user.reset_credential") and user.pk != by.pk and user.is_active,
        "may_grant": may(by, "user.grant_role") and user.pk != by.pk and user.is_active,
        "may_confirm": may(by, "user.confirm_role"),
    }
    return render(request, "assignments/member_detail.html", context)


# --- one account -------------------------------------------------------------------------------------------------------


def _form(request: HttpRequest, form: Any, heading: str, action: str, lead: str, back: str) -> HttpResponse:
    context = {"form": form, "heading": heading, "action": action, "lead": lead, "back": back}
    return render(request, "assignments/form_page.html", context)


def _acted(request: HttpRequest, act: Callable[[], Any], said: str, to: str) -> HttpResponse:
    """Do it once, say so, go there."""
    with once(request) as turn:
        if turn.is_repeat:
            return turn.again()
        act()
        messages.success(request, said)
        return turn.answered(to)


def _slips_once(request: HttpRequest, make: Callable[[], list[slips.Slip]], back: str) -> HttpResponse:
    """Make codes and print them in this very answer: they are kept nowhere. Sent again, it makes nothing."""
    with once(request) as turn:
        if turn.is_repeat:
            messages.warning(request, "这些纸条已经做过一次。没有打印好的话，请重新做：旧的会作废。")
            return turn.again()
        made = make()
        answered = turn.answered(back)
    site = settings.SITE_URL.rstrip("/") if getattr(settings, "SITE_URL", "") else ""
    address = f"{site}{reverse('claim')}" if site else request.build_absolute_uri(reverse("claim"))
    drawn = [(one, second_factor.drawn_qr(f"{address}#{one.code}", "领取账号的二维码")) for one in made]
    until = timezone.localdate(timezone.now() + dt.timedelta(hours=settings.CLAIM_HOURS))
    context = {"slips": drawn, "address": address, "until": told(until), "back": back}
    response = render(request, "assignments/member_slips.html", context)
    response.cookies.update(answered.cookies)  # what the browser kept of the form has arrived
    return response


@needs("user.create")
@_FORMS
@tells_refusals
def member_create(request: HttpRequest) -> HttpResponse:
    """One account; the answer is its slip."""
    user: Any = request.user
    form = MemberForm(request.POST or None, by=user)
    if not form.is_valid():
        lead = "账号开好后打印一张纸条，本人凭上面的领取码设密码，您不会知道他的密码"
        return _form(request, form, "开一个账号", "开账号并打印纸条", lead, reverse("assignments:member_list"))

    def make() -> list[slips.Slip]:
        opened, code = members.open_account(by=user, **form.opened())
        return [slips.Slip(str(form.granted()["place"]), opened.name, opened.username, code)]

    return _slips_once(request, make, reverse("assignments:member_list"))


@needs("user.reset_credential")
@_FORMS
@tells_refusals
def member_reset(request: HttpRequest, pk: int) -> HttpResponse:
    """A new code instead of the password; the answer is its slip."""
    user: Any = request.user
    member = _member(request, pk)
    back = reverse("assignments:member_detail", args=[pk])
    form = ResetForm(request.POST or None)
    if not form.is_valid():
        lead = "旧密码立刻作废，本人凭新纸条重新设密码"
        return _form(request, form, f"重设{member}的登录", "重设并打印纸条", lead, back)

    def make() -> list[slips.Slip]:
        told_why = form.cleaned_data
        code = members.reset(
            by=user, user=member, reason=told_why["reason"], drops_second_factor=told_why["drops_second_factor"]
        )
        return [slips.Slip("", member.name, member.username, code)]

    return _slips_once(request, make, back)


@needs("user.disable")
@_FORMS
@tells_refusals
def member_disable(request: HttpRequest, pk: int) -> HttpResponse:
    user: Any = request.user
    member, back = _member(request, pk), reverse("assignments:member_detail", args=[pk])
    form = ReasonForm(request.POST or None)
    if not form.is_valid():
        lead = "他会在所有设备上立刻退出，不能再登录；做过的事都留着，以后可以恢复"
        return _form(request, form, f"停用{member}的账号", "停用", lead, back)
    reason = form.cleaned_data["reason"]
    return _acted(
        request, lambda: members.disable(by=user, user=member, reason=reason), f"{member}的账号已经停用。", back
    )


@needs("user.disable")
@_FORMS
@tells_refusals
def member_enable(request: HttpRequest, pk: int) -> HttpResponse:
    user: Any = request.user
    member, back = _member(request, pk), reverse("assignments:member_detail", args=[pk])
    form = ReasonForm(request.POST or None)
    if not form.is_valid():
        return _form(request, form, f"恢复{member}的账号", "恢复", "恢复后用原来的密码登录", back)
    reason = form.cleaned_data["reason"]
    return _acted(
        request, lambda: members.enable(by=user, user=member, reason=reason), f"{member}的账号已经恢复。", back
    )


# --- roles -------------------------------------------------------------------------------------------------------------


@needs("user.grant_role")
@_FORMS
@tells_refusals
def role_grant(request: HttpRequest, pk: int) -> HttpResponse:
    user: Any = request.user
    member, back = _member(request, pk), reverse("assignments:member_detail", args=[pk])
    form = GrantForm(request.POST or None, by=user)
    if not form.is_valid():
        lead = "局里的角色要第二个人确认后才生效"
        return _form(request, form, f"给{member}加一个角色", "授予角色", lead, back)
    reason = form.cleaned_data["reason"]

    def act() -> None:
        members.grant(by=user, user=member, reason=reason, **form.granted())

    return _acted(request, act, "角色已经加上。局里的角色等另一位管理员或局领导确认后生效。", back)


@needs("user.confirm_role")
@require_POST
@tells_refusals
def role_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    user: Any = request.user
    one = _membership(request, pk)
    back = reverse("assignments:member_detail", args=[one.user_id])
    return _acted(request, lambda: members.confirm(by=user, membership=one), f"{one.user}的角色已经生效。", back)


@needs("user.confirm_role", "user.grant_role")
@_FORMS
@tells_refusals
def role_decline(request: HttpRequest, pk: int) -> HttpResponse:
    user: Any = request.user
    one = _membership(request, pk)
    back = reverse("assignments:member_detail", args=[one.user_id])
    form = ReasonForm(request.POST or None)
    if not form.is_valid():
        return _form(request, form, f"不同意{one.user}做{one.get_role_display()}", "不同意", "角色不会生效", back)
    reason = form.cleaned_data["reason"]
    return _acted(request, lambda: members.decline(by=user, membership=one, reason=reason), "这个角色没有生效。", back)


@needs("user.grant_role")
@_FORMS
@tells_refusals
def role_end(request: HttpRequest, pk: int) -> HttpResponse:
    user: Any = request.user
    one = _membership(request, pk)
    back = reverse("assignments:member_detail", args=[one.user_id])
    form = ReasonForm(request.POST or None)
    if not form.is_valid():
        heading = f"终止{one.user}的角色：{one.get_role_display()}"
        return _form(
            request, form, heading, "终止角色", "立刻失去这个角色能看、能办的一切，交给别人代理的也一起结束", back
        )
    reason = form.cleaned_data["reason"]
    return _acted(request, lambda: members.end_role(by=user, membership=one, reason=reason), "角色已经终止。", back)


@needs("account.own")
@require_safe
def role_own(request: HttpRequest) -> HttpResponse:
    """One's own roles, and who stands in for them."""
    user: Any = request.user
    today = timezone.localdate()
    mine = user.memberships.filter(Q(end=None) | Q(end__gte=today)).order_by("pk")
    roles = list(mine.select_related("school", "district", "teacher__school", "deputy_for__user"))
    for one in roles:
        one.can_be_lent = members.may_lend(one) and not one.is_waiting
    lent = Membership.objects.filter(deputy_for__user=user, end__gte=today).select_related("user", "school", "district")
    return render(request, "assignments/member_own.html", {"roles": roles, "lent": lent.order_by("start", "pk")})


@needs("user.lend_role")
@_FORMS
@tells_refusals
def role_lend(request: HttpRequest, pk: int) -> HttpResponse:
    user: Any = request.user
    one = get_object_or_404(user.memberships.current().select_related("school", "district"), pk=pk)
    back = reverse("assignments:role_own")
    form = LendForm(request.POST or None, membership=one)
    if not form.is_valid():
        lead = f"最多 {settings.DEPUTY_DAYS} 天；他办的事，操作记录里会写明是代您办的"
        return _form(request, form, f"请人代理：{one.get_role_display()}", "交给他代理", lead, back)
    given = form.cleaned_data
    return _acted(
        request, lambda: members.lend(by=user, membership=one, **given), f"已经交给{given['deputy']}代理。", back
    )


@needs("user.lend_role")
@require_POST
@tells_refusals
def role_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    user: Any = request.user
    one = get_object_or_404(Membership.objects.filter(deputy_for__user=user), pk=pk)
    return _acted(
        request, lambda: members.take_back(by=user, membership=one), "代理已经收回。", reverse("assignments:role_own")
    )


# --- slips in bulk -----------------------------------------------------------------------------------------------------


def _in_reach(rows: Any, by: Any) -> Any:
    run = members.districts_run_by(by)
    return rows if run is None else rows.filter(county__in=run)


def _schools(by: Any) -> Any:
    return _in_reach(School.objects.filter(merged_into=None, closed_on=None, is_outside_county=False), by)


def _teachers(by: Any) -> Any:
    return _in_reach(Teacher.objects.working(), by).select_related("school", "user")


@needs("user.create")
@_FORMS
@tells_refusals
def slips_schools(request: HttpRequest) -> HttpResponse:
    """An account for the principal of each chosen school."""
    reachable = _schools(request.user)
    rows = reachable.order_by("name")
    asked = request.GET.get("q", "").strip()
    if asked:
        rows = rows.filter(Q(name__icontains=asked) | Q(township__icontains=asked) | Q(initials__istartswith=asked))
    return _slips(request, rows, reachable, "学校", "assignments:member_slips_schools")


@needs("user.create")
@_FORMS
@tells_refusals
def slips_teachers(request: HttpRequest) -> HttpResponse:
    """An account for each chosen teacher; those who go out and have none stand first."""
    reachable = _teachers(request.user)
    rows = reachable.order_by("name", "pk")
    asked = request.GET.get("q", "").strip()
    if asked:
        rows = rows.filter(Q(name__icontains=asked) | Q(school__name__icontains=asked) | Q(initials__istartswith=asked))
    if not asked:
        going = Secondment.objects.filter(teacher=OuterRef("pk"), state__in=SERVING_STATES)
        rows = rows.filter(Exists(going), Q(user=None) | Q(user__password__startswith=UNUSABLE_PASSWORD_PREFIX))
    return _slips(request, rows, reachable, "教师", "assignments:member_slips_teachers")


def _slips(request: HttpRequest, offered: Any, reachable: Any, kind: str, name: str) -> HttpResponse:
    """Choose, look at what will be, make."""
    user: Any = request.user
    context: dict[str, Any] = {"kind": kind, "here": reverse(name), "q": request.GET.get("q", "")}
    if request.method != "POST":
        found = list(offered[: _SHOWN + 1])
        context |= {
            "proposals": slips.propose(found[:_SHOWN], by=user),
            "is_cut": len(found) > _SHOWN,
            "shown": _SHOWN,
            "all_ticked": request.GET.get("all") == "1",
        }
        return render(request, "assignments/member_choose.html", context)
    keys = [int(key) for key in request.POST.getlist("pick") if key.isdecimal() and len(key) < 19]
    chosen = list(reachable.filter(pk__in=keys).order_by("name", "pk"))
    if not chosen:
        messages.warning(request, f"请先勾选{kind}。")
        return redirect(name)
    if request.POST.get("step") == "make":
        return _slips_once(request, lambda: slips.carry_out(chosen, by=user), reverse("assignments:member_list"))
    proposals = slips.propose(chosen, by=user)
    context |= {
        "proposals": proposals,
        "good": [one for one in proposals if not one.refusal],
        "refused": [one for one in proposals if one.refusal],
    }
    return render(request, "assignments/member_preview.html", context)


# --- what a role demands -----------------------------------------------------------------------------------------------


@needs("user.grant_role")
@_FORMS
def role_policy(request: HttpRequest) -> HttpResponse:
    """Which roles have to use the second factor, in the county that the person administers."""
    user: Any = request.user
    run = members.districts_run_by(user)
    counties = District.objects.counties() if run is None else District.objects.counties().filter(pk__in=run)
    county = (
        get_object_or_404(counties, pk=request.GET["county"])
        if request.GET.get("county", "").isdecimal()
        else counties.first()
    )
    if county is None:
        messages.warning(request, "登录要求由县管理员本人来定。")
        return redirect("assignments:member_list")
    now = RolePolicy.objects.filter(county_id=county.pk, needs_second_factor=True).values_list("role", flat=True)
    form = PolicyForm(request.POST or None, initial={"roles": list(now)})
    if request.method == "POST" and form.is_valid():
        second_factor.set_policy(
            county.pk, {str(r): str(r.label) for r in Role}, set(form.cleaned_data["roles"]), by=user
        )
        messages.success(request, "登录要求已经保存，从各人下次登录起生效。")
        return redirect("assignments:member_list")
    lead = f"{county.bureau_name}的人，下次登录时按这里的要求"
    return _form(request, form, "登录要求", "保存", lead, reverse("assignments:member_list"))
