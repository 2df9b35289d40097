"""The page of an activity."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from assignments.models import Activity
from assignments.views.places import donation_table
from assignments.views.reading import Reading
from zhijiao.detail import Col, Page, Section


def activity_detail(request: HttpRequest, pk: int) -> HttpResponse:
    activities = Activity.objects.visible_to(request.user).select_related(
        "county", "school_year", "school", "partner_school", "receiving_school"
    )
    activity = get_object_or_404(activities, pk=pk)
    reading = Reading(request)
    page = Page([_facts(reading, activity), _outcome(reading, activity), _donations(reading, activity)])
    return render(request, "assignments/activity_detail.html", {"activity": activity, "page": page})


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
