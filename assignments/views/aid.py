"""The pages of activities and donations."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assignments import aid, recording
from assignments.access import may
from assignments.choices import DonationKind
from assignments.forms.aid import ActivityForm, DonationForm
from assignments.lists import ACTIVITIES, WHEN, YearFilters, linked, school_filter
from assignments.models import Activity, Donation
from assignments.views.places import donation_table
from assignments.views.reading import Reading
from assignments.views.recording import address_of, entry, require_write
from zhijiao.access import needs
from zhijiao.accounts.history import history_of
from zhijiao.detail import Col, Page, Section, money
from zhijiao.filters import ChoicesFilter
from zhijiao.listing import ListColumn, ListPage, ListView
from zhijiao.refusals import tells_refusals

# --- activities -------------------------------------------------------------------------------------------------------


@require_GET
@needs("activity.list")
def activity_detail(request: HttpRequest, pk: int) -> HttpResponse:
    activity = _activity(request, pk)
    reading = Reading(request)
    page = Page([_facts(reading, activity), _outcome(reading, activity), _donations(reading, activity)])
    may_edit = recording.may_write(request.user, activity)
    context = {
        "row": activity,
        "heading": str(activity),
        "page": page,
        "list_url": reverse("assignments:activity_list"),
        "list_name": ACTIVITIES.heading,
        "edit_url": reverse("assignments:activity_edit", args=[pk]) if may_edit else "",
        "donate_url": reverse("assignments:activity_donation", args=[pk]) if may_edit else "",
        "steps": history_of(activity),
    }
    return render(request, "assignments/activity_detail.html", context)


@require_http_methods(["GET", "POST"])
@needs("activity.edit")
@tells_refusals
def activity_create(request: HttpRequest) -> HttpResponse:
    return entry(
        request, ActivityForm, Activity(), lambda form: aid.record_activity(form.values(), by=request.user, files=form.new_files),
        heading="登记帮扶活动", back=reverse("assignments:activity_list"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs("activity.edit")
@tells_refusals
def activity_edit(request: HttpRequest, pk: int) -> HttpResponse:
    activity = _activity(request, pk)
    require_write(request, activity)
    return entry(
        request, ActivityForm, activity, lambda form: _changed(request, form),
        heading="修改帮扶活动", back=address_of(activity),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs("activity.edit")
@tells_refusals
def activity_donation(request: HttpRequest, pk: int) -> HttpResponse:
    """A line under an activity: what it says of when, who and whom holds for the line as well."""
    activity = _activity(request, pk)
    require_write(request, activity)

    def keep(form: Any) -> Donation:
        return aid.record_donation(form.values(), by=request.user, activity=activity, files=form.new_files)

    row = Donation(activity=activity, county_id=activity.county_id, school_year=activity.school_year)
    return entry(
        request, DonationForm, row, keep,
        heading="登记一笔捐赠", back=address_of(activity), after=f"{address_of(activity)}#donations", activity=activity,
    )  # fmt: skip


def _activity(request: HttpRequest, pk: int) -> Activity:
    rows = Activity.objects.visible_to(request.user).select_related(
        "county", "school_year", "school", "partner_school", "receiving_school"
    )
    return get_object_or_404(rows, pk=pk)


def _changed(request: HttpRequest, form: Any) -> Any:
    return recording.change(form.row, form.values(), by=request.user, seen=request.POST.get("seen", ""))


def _facts(reading: Reading, activity: Activity) -> Section:
    facts = reading.tell.facts(
        activity,
        Col("code"),
        Col("kind"),
        Col("when"),
        Col("school_year"),
        Col(lambda row: row.school or row.county.bureau_name, "主办"),
        Col("organiser"),
        Col("partner_school"),
        Col(lambda row: row.receiving_school or row.receiving_party, "受援单位"),
        Col("led_by"),
        Col(lambda row: row.people.told("人") if row.people else "", "参加人数"),
        Col("beneficiary"),
        Col("contents"),
        Col("subjects"),
        Col("lessons", unit="节"),
        Col("prepared_days", unit="天"),
        Col("had_review"),
        Col("guests"),
    )
    return Section("facts", "活动情况", [facts], half=True)


def _outcome(reading: Reading, activity: Activity) -> Section:
    def keepsake(row: Activity) -> str:
        number = row.received_quantity.told(row.received_unit) if row.received_quantity else ""
        return f"{row.received}{number}"

    facts = reading.tell.facts(activity, Col(keepsake, "收到的回赠"), Col("reported_by", "报道媒体"))
    return Section("outcome", "反响", [facts], half=True)


def _donations(reading: Reading, activity: Activity) -> Section:
    donations: Any = activity.donations
    rows = list(donations.visible_to(reading.user).select_related("donor_school", "receiving_school").order_by("id"))
    return Section("donations", "捐赠明细", [donation_table(reading, rows, with_activity=False)], f"{len(rows)} 笔")


# --- donations --------------------------------------------------------------------------------------------------------


class DonationFilter(YearFilters):
    searched = ("item", "campaign", "donor", "donor_school__name", "receiving_school__name", "receiving_party")
    kind = ChoicesFilter(label="类别", choices=DonationKind)
    donor = school_filter("捐赠学校", "donor_school")
    receiving = school_filter("受赠学校", "receiving_school")
    alone = filters.BooleanFilter(label="不属于活动", field_name="activity", lookup_expr="isnull")

    class Meta:
        model = Donation
        fields: list[str] = []


DONATIONS = ListPage(
    heading="捐赠",
    filters=DonationFilter,
    order=("-start", "-pk"),
    search_hint="名称、捐赠方、受赠方",
    nothing="捐了钱、物或工程，登记一笔；属于某次活动的，在活动的页上登记。",
    sheet="捐赠明细",
    unit="笔",
    views=(
        ListView("资金", "cash", Q(kind=DonationKind.CASH)),
        ListView("物资", "goods", Q(kind=DonationKind.GOODS)),
        ListView("工程", "works", Q(kind=DonationKind.WORKS)),
    ),
    columns=(
        ListColumn("名称", lambda row: linked("assignments:donation_detail", row.pk, str(row)), "c-name", "item", ("item",)),
        ListColumn("数量", lambda row: row.quantity.told(row.unit) if row.quantity else "", "num"),
        ListColumn("金额或估值", lambda row: money(row.amount), "r num", "amount", ("amount",)),
        ListColumn("日期", lambda row: row.when.told(), "num", "start", ("start", "end")),
        ListColumn("捐赠方", lambda row: row.donor_school.name if row.donor_school else row.donor, "", "from", ("donor_school__name",)),
        ListColumn("受赠方", lambda row: row.recipient, "c-dest", "to", ("receiving_school__name",)),
        ListColumn("活动", lambda row: str(row.activity or row.campaign), "c-wide"),
    ),
)  # fmt: skip


@require_GET
@needs("activity.list")
def donation_list(request: HttpRequest) -> HttpResponse:
    rows = Donation.objects.visible_to(request.user).select_related("donor_school", "receiving_school", "activity")
    rows = rows.only(
        *WHEN, "kind", "item", "unit", "amount", "donor", "receiving_party", "campaign", *Donation.quantity.columns,
        "donor_school__name", "receiving_school__name", "activity__title", "activity__kind",
    )  # fmt: skip
    add: dict[str, Any] = {"add_url": reverse("assignments:donation_create"), "add_label": "登记捐赠"}
    other: dict[str, Any] = {"other_url": reverse("assignments:activity_list"), "other_label": "帮扶活动"}
    return DONATIONS.render(request, rows, **other, **(add if may(request.user, "activity.edit") else {}))


@require_GET
@needs("activity.list")
def donation_detail(request: HttpRequest, pk: int) -> HttpResponse:
    donation = _donation(request, pk)
    tell = Reading(request).tell
    facts = tell.facts(
        donation,
        "kind",
        Col(lambda row: row.quantity.told(row.unit) if row.quantity else "", "数量"),
        Col(lambda row: money(row.amount), "金额或估值"),
        "when",
        "school_year",
        Col(lambda row: row.donor_school or row.donor, "捐赠方"),
        Col(lambda row: row.receiving_school or row.receiving_party, "受赠方"),
        Col(lambda row: row.activity or row.campaign, "所属活动"),
        "purpose",
        "beneficiary",
        Col("beneficiaries", unit="人"),
        "handler",
    )
    may_edit = recording.may_write(request.user, donation)
    context = {
        "row": donation,
        "heading": str(donation),
        "page": Page([Section("facts", "捐赠情况", [facts])]),
        "list_url": reverse("assignments:donation_list"),
        "list_name": DONATIONS.heading,
        "edit_url": reverse("assignments:donation_edit", args=[pk]) if may_edit else "",
        "remove_url": reverse("assignments:donation_remove", args=[pk]) if may_edit else "",
        "steps": history_of(donation),
    }
    return render(request, "assignments/care_detail.html", context)


@require_http_methods(["GET", "POST"])
@needs("activity.edit")
@tells_refusals
def donation_create(request: HttpRequest) -> HttpResponse:
    return entry(
        request, DonationForm, Donation(), lambda form: aid.record_donation(form.values(), by=request.user, files=form.new_files),
        heading="登记捐赠", back=reverse("assignments:donation_list"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs("activity.edit")
@tells_refusals
def donation_edit(request: HttpRequest, pk: int) -> HttpResponse:
    donation = _donation(request, pk)
    require_write(request, donation)
    return entry(
        request, DonationForm, donation, lambda form: _changed(request, form),
        heading="修改捐赠", back=address_of(donation),
    )  # fmt: skip


@require_POST
@needs("activity.edit")
@tells_refusals
def donation_remove(request: HttpRequest, pk: int) -> HttpResponse:
    donation = _donation(request, pk)
    require_write(request, donation)
    reason = request.POST.get("reason", "").strip()[:200]
    if not reason:
        messages.error(request, "没有删去：请写一句为什么删去，如 重复登记")
        return redirect(address_of(donation))
    aid.remove_donation(donation, by=request.user, reason=reason)
    messages.success(request, f"已删去“{donation}”，操作记录里留有全部内容")
    return redirect(address_of(donation.activity) if donation.activity else reverse("assignments:donation_list"))


def _donation(request: HttpRequest, pk: int) -> Donation:
    rows = Donation.objects.visible_to(request.user)
    return get_object_or_404(
        rows.select_related("county", "school_year", "donor_school", "receiving_school", "activity"), pk=pk
    )
