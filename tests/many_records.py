"""More of everything that a list or a home page shows, in the schools and of the teacher of a small county."""

import datetime as dt
from itertools import count, cycle, islice

from assignments.choices import Role, SecondmentState
from assignments.models import (
    Activity,
    Allocation,
    AllowancePayment,
    AllowanceRate,
    AllowanceSheet,
    Application,
    AttendanceMonth,
    CondolenceVisit,
    CorrectionRequest,
    Demand,
    DemandAnswer,
    Difficulty,
    Donation,
    Exemption,
    Leave,
    Membership,
    Objection,
    Placement,
    Programme,
    Provision,
    PublicNotice,
    School,
    Secondment,
    SecondmentChange,
    Teacher,
    Team,
)
from evaluations.models import Inspection
from reports.models import Certificate
from zhijiao.accounts import audit
from zhijiao.accounts.models import OwnSession, User
from zhijiao.dates import ApproximateDate
from zhijiao.notices.models import Notice
from zhijiao.workbook.models import ImportRun

DAY = dt.date(2023, 10, 9)
STATES = (SecondmentState.ON_POST, *(state for state in SecondmentState if state != SecondmentState.WITHDRAWN))


def month(number):
    """Another first of a month for each number, long ago."""
    return dt.date(1930 + number // 12, number % 12 + 1, 1)


class More:
    """`more(30)`: thirty more rows of every kind. The people of `world` reach all of them that anybody like them reaches."""

    def __init__(self, world, people):
        self.world, self.people, self._numbers = world, people, count(1)
        self.county, self.year = world.county, world.secondment.school_year
        self.sending, self.receiving = world.sending_school, world.receiving_school

    def __call__(self, how_many):
        self.numbers = list(islice(self._numbers, how_many))
        self._places()
        self._selection()
        self._on_post()
        self._allowances()
        self._care()
        self._accounts()

    def _make(self, model, of):
        """One row for each number, with what `of(number)` says."""
        rows = [model(**{"county": self.county, **of(number)}) for number in self.numbers]
        return model._default_manager.bulk_create(rows)

    def _dated(self, model, of):
        rows = [model(county=self.county, school_year=self.year, **of(number)) for number in self.numbers]
        for row in rows:
            row.when = ApproximateDate.day(DAY)
        return model._default_manager.bulk_create(rows)

    def _places(self):
        self.schools = self._make(
            School, lambda n: {"name": f"第{n}小学", "centre_school": self.receiving, "township": f"第{n}乡"}
        )
        self.teachers = self._make(
            Teacher,
            lambda n: {
                "name": f"教师{n}", "school": self.sending, "initials": "js", "sex": "2", "birth_date": dt.date(1990, 1, 1), "id_number": "",
                "at_school_since": dt.date(2010, 9, 1),
            },
        )  # fmt: skip
        self.teacher_of = dict(zip(self.numbers, self.teachers, strict=True))
        self.school_of = dict(zip(self.numbers, self.schools, strict=True))

    def _selection(self):
        programmes = self._make(Programme, lambda n: {"name": f"第{n}项目"})
        programme_of = dict(zip(self.numbers, programmes, strict=True))
        state_of = dict(zip(self.numbers, islice(cycle(STATES), self.numbers[0], None), strict=False))
        teams = self._make(
            Team,
            lambda n: {"name": f"第{n}队", "school_year": self.year, "sending_school": self.sending, "leader": self.teacher_of[n]},
        )  # fmt: skip
        team_of = dict(zip(self.numbers, teams, strict=True))
        notices = self._dated(PublicNotice, lambda n: {"title": f"第{n}次公示", "school": self.sending})
        self.notice_of = dict(zip(self.numbers, notices, strict=True))

        def secondment(n, teacher, state, start=dt.date(2023, 9, 1), end=dt.date(2024, 7, 10)):
            return {
                "teacher": teacher, "programme": programme_of[n], "sending_school": self.sending, "school_year": self.year,
                "state": state, "team": team_of[n], "notice": self.notice_of[n], "start": start, "end": end,
                "precision": "range",
            }  # fmt: skip

        own = self._make(
            Secondment,
            lambda n: secondment(n, self.world.teacher, SecondmentState.COMPLETED, month(n), month(n).replace(day=20)),
        )
        others = self._make(Secondment, lambda n: secondment(n, self.teacher_of[n], state_of[n]))
        self.secondment_of = dict(zip(self.numbers, others, strict=True))
        Placement.objects.bulk_create(
            Placement(county=self.county, secondment=row, receiving_school=self.receiving, subject="语文")
            for row in [*own, *others]
        )
        self._make(Application, lambda n: {"secondment": self.secondment_of[n], "reason": "愿意到乡村去"})
        self._make(
            Demand, lambda n: {"school": self.school_of[n], "school_year": self.year, "subject": "语文", "number": 1}
        )
        self._make(DemandAnswer, lambda n: {"school": self.school_of[n], "school_year": self.year, "answered_on": DAY})
        self._make(
            Allocation,
            lambda n: {
                "school_year": self.year, "sending_school": self.sending, "receiving_school": self.school_of[n], "subject": "语文",
                "number": 1,
            },
        )  # fmt: skip
        self._make(Exemption, lambda n: {"teacher": self.teacher_of[n], "reason": "spouse", "start": DAY})
        self._make(Objection, lambda n: {"notice": self.notice_of[n], "received_on": DAY, "text": f"第{n}条异议"})
        self._dated(
            SecondmentChange,
            lambda n: {"secondment": self.secondment_of[n], "kind": "extend", "state": "requested", "new_end": dt.date(2024, 12, 31)},
        )  # fmt: skip
        certificates = self._make(
            Certificate,
            lambda n: {
                "teacher": self.world.teacher, "year": 2022, "number": n, "serial": f"第{n}号", "code": f"code-{n}", "content": {}, "digest": "0" * 64,
                "issued_on": DAY, "issued_by": self.world.rows["member"],
            },
        )  # fmt: skip
        for certificate, secondment_of_it in zip(certificates, own, strict=True):
            certificate.secondments.add(secondment_of_it)

    def _on_post(self):
        def attendance(n, of, when):
            return {"secondment": of, "month": when, "due": 17, "present": 17}

        self._make(AttendanceMonth, lambda n: attendance(n, self.world.secondment, month(n)))
        self._make(AttendanceMonth, lambda n: attendance(n, self.secondment_of[n], dt.date(2023, 10, 1)))

        def leave(of, day, state):
            return {"secondment": of, "kind": "sick", "start": day, "end": day, "days": 1, "state": state}

        self._make(Leave, lambda n: leave(self.world.secondment, month(n), "requested"))
        self._make(Leave, lambda n: leave(self.secondment_of[n], DAY, "requested"))
        self._make(Leave, lambda n: leave(self.secondment_of[n], dt.date(2023, 11, 9), "approved"))
        self._dated(Inspection, lambda n: {"school": self.school_of[n]})
        Inspection.objects.bulk_create(
            Inspection(
                county=self.county, school=self.receiving, school_year=self.year, precision="day", start=day, end=day
            )
            for day in (month(n) for n in self.numbers)
        )

    def _allowances(self):
        self._make(AllowanceRate, lambda n: {"school_class": f"第{n}类", "amount": 500, "start": dt.date(2023, 9, 1)})
        sheets = self._make(AllowanceSheet, lambda n: {"month": month(n)})
        sheet_of = dict(zip(self.numbers, sheets, strict=True))
        money = {"standard": 500, "amount": 500}
        self._make(
            AllowancePayment,
            lambda n: {"secondment": self.world.secondment, "month": month(n), "sheet": sheet_of[n], **money},
        )
        self._make(
            AllowancePayment,
            lambda n: {
                "secondment": self.secondment_of[n], "month": dt.date(2023, 10, 1), "sheet": self.world.rows["sheet"], **money,
            },
        )  # fmt: skip

    def _care(self):
        def difficulty(n, teacher):
            return {"teacher": teacher, "text": f"第{n}间宿舍漏雨", "due_on": DAY}

        self._dated(Difficulty, lambda n: difficulty(n, self.world.teacher))
        self._dated(Difficulty, lambda n: difficulty(n, self.teacher_of[n]))
        between = {"receiving_school": self.receiving}
        self._dated(
            Activity, lambda n: {"kind": "送课下乡", "title": f"第{n}次送课", "school": self.sending, **between}
        )
        self._dated(
            Donation, lambda n: {"kind": "goods", "item": f"第{n}批图书", "donor_school": self.sending, **between}
        )
        self._dated(
            CondolenceVisit,
            lambda n: {"occasion": "中秋节", "visiting_school": self.sending, "visited_school": self.receiving},
        )
        self._make(Provision, lambda n: {"school": self.school_of[n], "school_year": self.year, "items": ["宿舍"]})

        def correction(n, teacher):
            return {"teacher": teacher, "field": "籍贯", "right_value": f"第{n}乡"}

        self._make(CorrectionRequest, lambda n: correction(n, self.world.teacher))
        self._make(CorrectionRequest, lambda n: correction(n, self.teacher_of[n]))

    def _accounts(self):
        now = self.world.rows["own_session"].began
        members = User.objects.bulk_create(User(username=f"more-{n}", name=f"第{n}位") for n in self.numbers)
        for n, member in zip(self.numbers, members, strict=True):
            roles = [(Role.PRINCIPAL, {"school": self.school_of[n]}), (Role.TEACHER, {"teacher": self.teacher_of[n]})]
            Membership.objects.bulk_create(Membership(user=member, role=role, **place) for role, place in roles)
            audit.record(member, "看过", self.sending)
        for user in self.people:
            Notice.objects.bulk_create(
                Notice(user=user, kind="sent_back", title=f"第{n}条通知", key=f"more-{n}") for n in self.numbers
            )
            OwnSession.objects.bulk_create(
                OwnSession(user=user, session_key=f"{user.pk}-{n}", began=now, seen=now) for n in self.numbers
            )
        ImportRun.objects.bulk_create(
            ImportRun(
                county_id=self.county.pk, county_name=str(self.county), by_name="某人", file_name=f"第{n}本.xlsx", sha256="0" * 64,
                by=members[0], state="imported",
            )
            for n in self.numbers
        )  # fmt: skip
