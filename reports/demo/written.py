"""The finished year as it was told: two schools wrote theirs, the bureau took from them, and issued its own."""

from __future__ import annotations

import datetime as dt

from assignments.models import District, School, Secondment
from assignments.periods import Period
from reports.demo.accounts import Staff
from reports.demo.county import County
from reports.living import course, writing
from reports.models import PassageKind, Report
from zhijiao.clock import standing_at

WROTE = 2
THANKS = "一年来，支教教师和本校教师结成师徒，一起备课、一起听课，教研活动有了固定的时间和主题。"
DIFFICULTY = "不足的是，音乐、美术和信息科技教师仍然紧缺，周末往返的交通还要想办法。"
CLOSING = "下一学年，我们将继续向薄弱学科倾斜，把支教教师的好做法留在受援学校。"


def tell(made: County, county: District, staff: Staff) -> Report | None:
    """Nothing where nobody went in the year before the running one, or it is not over yet."""
    year = made.years[-2].first if len(made.years) > 1 else 0
    end = dt.date(year + 1, 7, 15) if year else dt.date.max
    period = Period.parse(f"{year}-{year + 1}") if year else None
    if period is None or end > made.wish.loaded_on or not _went(county, period):
        return None
    with standing_at(dt.date(year + 1, 6, 10)):
        course.call_for(county, period, dt.date(year + 1, 7, 5), by=staff.officer, note="请写明成效、困难和建议。")
    theirs = [
        _of_school(school, county, period, staff, place) for place, school in enumerate(_schools(county, period, staff))
    ]
    with standing_at(dt.date(year + 1, 7, 10)):
        report = writing.begin(county, None, period, by=staff.officer)
        opening = report.passages.filter(kind=PassageKind.PARAGRAPH).first()
        if opening is None:
            return report
        for one in theirs:
            words = one.passages.filter(source="").first()
            place = report.passages.filter(kind=PassageKind.PARAGRAPH, is_appendix=False).last()
            if words is not None and place is not None:
                writing.take_over(place, [words], by=staff.officer)
        last = report.passages.filter(is_appendix=False).last() or opening
        writing.add_paragraph(last, CLOSING, by=staff.second_officer)
        writing.have_read(report, by=staff.officer)
    with standing_at(end):
        report.refresh_from_db()
        return course.issue(report, by=staff.leader, number=f"青教发〔{year + 1}〕46号", day=end, seen=report.version)


def _went(county: District, period: Period) -> bool:
    return Secondment.objects.filter(county=county, school_year__code=period.school_year).exists()


def _schools(county: District, period: Period, staff: Staff) -> list[School]:
    """Of those whose head is known, the ones with the most to tell."""
    rows = Secondment.objects.serving().filter(county=county, school_year__code=period.school_year)
    sent = list(rows.values_list("sending_school__name", flat=True))
    received = list(rows.values_list("placements__receiving_school__name", flat=True))
    names = [name for name in staff.principals if name in sent or name in received]
    told = sorted(names, key=lambda name: (-(sent.count(name) + received.count(name)), name))[:WROTE]
    return list(School.objects.filter(county=county, name__in=told).select_related("county").order_by("name"))


def _of_school(school: School, county: District, period: Period, staff: Staff, place: int) -> Report:
    """Written by its head, and adopted; of the second the bureau first wanted to know more."""
    head, july = staff.principals[school.name], period.end.year
    with standing_at(dt.date(july, 6, 26)):
        report = writing.begin(county, school, period, by=head)
        first = report.passages.filter(kind=PassageKind.PARAGRAPH).first()
        if first is not None:
            writing.add_paragraph(first, DIFFICULTY if place else THANKS, by=head)
        report = course.hand_in(report, by=head)
    if place:
        with standing_at(dt.date(july, 6, 28)):
            report = course.send_back(report, by=staff.officer, reason="请补写困难和建议。")
            report = course.hand_in(report, by=head)
    with standing_at(dt.date(july, 7, 3)):
        return course.accept(report, by=staff.officer)
