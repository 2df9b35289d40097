"""What the workbook can't tell: things that are not decided yet, so that everybody finds something to do on their home page.

Counted from the day on which the demo is loaded, so it looks alive on any day of any year.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db.models import Exists

from assignments import allowances, applications, changes, leave, members, objections, people, plan
from assignments.attendance import month_before, month_of, stays
from assignments.choices import ChangeKind, EndReason, LeaveKind, Role
from assignments.choices import SecondmentState as State
from assignments.models import (
    AllowanceRate,
    District,
    Programme,
    School,
    SchoolYear,
    Secondment,
    Teacher,
)
from assignments.owing import received_lately
from assignments.workflow import perform_many
from reports.demo.accounts import Staff
from reports.demo.county import County
from reports.demo.course import NOTICE_DAYS, next_start
from reports.demo.places import ALLOWANCE
from reports.demo.scoring import score
from reports.demo.selection import IN_MID_YEAR
from reports.demo.visits import Visits
from zhijiao.accounts.models import User
from zhijiao.clock import standing_at
from zhijiao.working_days import add_working_days

IN_TOWN = 200  # 元 a month for who learns at a school of the town, or is exchanged to one: it has no class
SILENT = 8  # schools of a whole county that have not said what they need next year
NEEDED = ("英语", "音乐", "科学", "美术", "体育", "信息科技")


class Waiting:
    """The open ends of the county."""

    def __init__(self, made: County, county: District, staff: Staff) -> None:
        self.made, self.county, self.staff, self.today = made, county, staff, made.wish.loaded_on
        self.year = SchoolYear.objects.named(made.years[-1].code)
        self.next_year = SchoolYear.objects.named(f"{made.years[-1].first + 1}-{made.years[-1].first + 2}")

    def leave_open(self) -> None:
        self._applied_without_a_school()
        self._dates()
        self._needs()
        self._allowances()
        self._changes()
        self._leave()
        self._objection()
        self._role()
        self._entered_twice()
        visits = Visits(self.made, self.county, self.staff, self.year)
        visits.live()
        visits.ask()
        score(self.county, self.staff, self.year, self.today)

    def ago(self, number: int) -> dt.date:
        return add_working_days(self.today, -number)

    def ahead(self, number: int) -> dt.date:
        return add_working_days(self.today, number)

    def _applied_without_a_school(self) -> None:
        """Somebody who leaves it to the bureau where to go, and waits there."""
        teacher = self._free_teacher()
        if teacher is None or teacher.school is None:
            return
        principal = self.staff.principals[teacher.school.name]
        start = next_start(self.made)
        secondment = applications.draft(
            teacher, by=principal, programme=Programme.objects.get(county=None, name=IN_MID_YEAR), school_year=self.year, start=start,
            end=max(self.made.years[-1].end, start + dt.timedelta(days=120)), duty="teacher", wished_subject=teacher.subject,
            accepts_other=True, reason="服从组织安排，到最需要的学校去。",
        )  # fmt: skip
        for back, key, data in (
            (13, "submit", {}),
            (12, "recommend", {"notice_from": self.ago(12), "working_days": NOTICE_DAYS, "opinion": "同意推荐。"}),
            (5, "forward", {}),
        ):
            with standing_at(self.ago(back)):
                perform_many(key, [secondment.pk], by=principal, data=data)

    def _free_teacher(self) -> Teacher | None:
        """Who has been longest at a school of the town that sends people, and has never gone."""
        running = [posting for posting in self.made.postings if posting.year == self.made.years[-1].first]
        names = {posting.sender.name for posting in running if posting.sender.location == "城区"}
        rows = Teacher.objects.working().filter(
            county=self.county, school__name__in=names & set(self.staff.principals), secondments=None, exemptions=None
        )
        rows = rows.exclude(school__name__in=self._with_logins()).filter(post="").exclude(subject="")
        return rows.select_related("school").order_by("at_school_since", "pk").first()

    def _dates(self) -> None:
        """Of both years that somebody is working on: the places that are still to be filled, and the next plan."""
        first = self.made.years[-1].first
        plan.set_schedule(
            self.county, self.year, by=self.staff.officer, demands_until=dt.date(first, 4, 30), notice_days=NOTICE_DAYS,
            applications_until=self.ahead(4), recommendations_until=self.ahead(9),
            document=self.made.document(first, 12, "教人"),
        )  # fmt: skip
        plan.set_schedule(
            self.county, self.next_year, by=self.staff.officer, demands_until=self.ahead(6), notice_days=7,
            applications_until=self.today + dt.timedelta(days=80), recommendations_until=self.today + dt.timedelta(days=100),
        )  # fmt: skip

    def _needs(self) -> None:
        """Most schools have said what they need next year; the busiest one has not."""
        rows = School.objects.filter(Exists(received_lately(self.next_year.start)), county=self.county)
        shown = self._with_logins()
        answering = [
            school
            for school in rows.select_related("centre_school").order_by("pk")
            if school.name not in shown and str(school.centre_school) not in shown
        ]
        silent = self.made.wish.scaled(SILENT) // 2
        for place, school in enumerate(answering[: max(0, len(answering) - silent)]):
            by = self.staff.principals.get(school.name, self.staff.officer)
            wanted = NEEDED[place % len(NEEDED) : place % len(NEEDED) + 1 + place % 2]
            stage = plan.stages_of(school)[0]
            needs = [plan.Need(stage, subject, 1) for subject in wanted if subject in plan.SUBJECTS_OF[stage]]
            plan.state_demands(school, self.next_year, needs, by=by)

    def _with_logins(self) -> set[str]:
        known = {login.username for login in self.staff.logins}
        return {name for name, user in self.staff.principals.items() if user.username in known}

    def _allowances(self) -> None:
        """The standards, and last month's sheet as the cashier drew it up: the accountant or an officer checks it."""
        first = self.made.years[-1].first
        for name, amount in {**ALLOWANCE, "": IN_TOWN}.items():
            rate = AllowanceRate(
                county=self.county, school_class=name, amount=Decimal(amount), start=dt.date(first - 1, 9, 1), source="县财政",
                basis=self.made.document(first - 1, 45),
            )  # fmt: skip
            allowances.set_rate(rate, by=self.staff.cashier)
        allowances.draw_up(self.county, month_before(month_of(self.today)), by=self.staff.cashier)

    def _on_post(self) -> list[Secondment]:
        """Those who are there today and some weeks on, with nothing recorded that would stand in the way; the demo's own schools first."""
        rows = (
            Secondment.objects.filter(
                county=self.county, school_year=self.year, state=State.ON_POST, changes=None, is_full_time=True,
                start__lte=self.today, end__gte=self.today + dt.timedelta(days=30), swapped_with=None,
            )
            .select_related("teacher", "sending_school")
            .prefetch_related("placements__receiving_school")
            .order_by("pk")
        )  # fmt: skip
        return sorted(rows, key=lambda one: not self._is_close(one))

    def _is_close(self, secondment: Secondment) -> bool:
        return bool(
            {placement.receiving_school.name for placement in secondment.placements.all()} & self._with_logins()
        )

    def _changes(self) -> None:
        """One that an officer asked for, so another has to decide; one that a school asked for."""
        found = [one for one in self._on_post() if one.team_id is None][-2:]
        if len(found) < 2 or found[0].end is None:
            return
        longer, earlier = found
        until = found[0].end + dt.timedelta(days=180)
        with standing_at(self.ago(2)):
            changes.request(
                longer, ChangeKind.EXTEND, by=self.staff.officer, start=longer.end, new_end=until, reason=EndReason.WORK,
                detail="接任教师下学年第一学期末才能到岗，本人同意再留一学期",
            )  # fmt: skip
        principal = self.staff.principals.get(earlier.sending_school.name)
        if principal:
            with standing_at(self.ago(1)):
                changes.request(
                    earlier, ChangeKind.END_EARLY, by=principal, start=self.today + dt.timedelta(days=28), reason=EndReason.WORK,
                    detail="原校同学科两名教师将休产假，拟请提前返校任课", keeps_months=True,
                )  # fmt: skip

    def _leave(self) -> None:
        """A few days that a teacher asks the receiving school for; their own first, who can sign in."""
        rows = [one for one in self._on_post() if self._is_close(one)] or self._on_post()
        for one in rows:
            known = stays(one)
            by = self.staff.teachers.get(one.teacher.name)
            if by and known and known[0].first <= self.ahead(3) and self.ahead(4) <= known[-1].last:
                leave.ask(
                    one,
                    kind=LeaveKind.PERSONAL,
                    start=self.ahead(3),
                    end=self.ahead(4),
                    reason="家中老人复查，需陪同前往",
                    by=by,
                )
                return

    def _objection(self) -> None:
        """Against a name in the public notice that still runs, written down by the school."""
        rows = Secondment.objects.filter(county=self.county, state=State.RECOMMENDED, notice__end__gte=self.today)
        one = rows.select_related("notice", "sending_school").order_by("pk").first()
        if one and one.notice:
            objections.receive(
                one.notice, by=self.staff.principals[one.sending_school.name], secondment=one, received_on=self.today,
                text="来人反映该教师本学期承担毕业班教学，中途离开对学生有影响，请学校说明课程由谁接替。",
            )  # fmt: skip

    def _role(self) -> None:
        """A role of the bureau that the administrator granted and a second person has to confirm."""
        user, _ = User.objects.get_or_create(username="zerendudao", defaults={"name": "韩志远"})
        user.set_unusable_password()
        user.is_active = True
        user.save()
        members.grant(
            by=self.staff.administrator, user=user, role=Role.INSPECTOR, place=self.county, start=self.today,
            end=self.today + dt.timedelta(days=180), duty="督导室 责任督学",
        )  # fmt: skip

    def _entered_twice(self) -> None:
        """A teacher whom the school they came to entered once more, and a school under its short name: to be merged."""
        rows = (
            Teacher.objects.working()
            .filter(county=self.county, user=None, birth_date__isnull=False)
            .exclude(subject="")
        )
        for relation in Teacher._meta.related_objects:  # told by name in no other sheet of the workbook
            rows = rows.filter(**{f"{relation.name}__isnull": True})
        teacher = rows.exclude(school=None).order_by("pk").first()
        there = (
            School.objects.filter(county=self.county, stage=teacher.stage, is_outside_county=False) if teacher else None
        )
        school = there.exclude(pk=teacher.school_id).order_by("-pk").first() if teacher and there else None
        if teacher and school:
            values = {
                "county": self.county, "name": teacher.name, "school": school, "birth_date": teacher.birth_date, "sex": teacher.sex,
                "stage": teacher.stage, "subject": teacher.subject, "title": teacher.title,
            }  # fmt: skip
            people.add_teacher(values, by=self.staff.officer)
        town = (
            School.objects.filter(county=self.county, name__startswith="县第", name__endswith="小学")
            .order_by("name")
            .first()
        )
        if town:
            short = f"县{town.name.removeprefix('县第').removesuffix('小学')}小"
            values = {"county": self.county, "name": short, "stage": town.stage, "location": town.location}
            people.add_school(values, by=self.staff.officer)


def leave_open(made: County, county: District, staff: Staff) -> None:
    Waiting(made, county, staff).leave_open()
