"""More of everything that a list, a home page or the page of a record shows, in the schools and of the teacher of a small county."""

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
    BackboneTitle,
    CondolenceVisit,
    CorrectionRequest,
    Demand,
    DemandAnswer,
    Difficulty,
    Donation,
    Exemption,
    Incentive,
    LeadingGroup,
    Leave,
    Meeting,
    Membership,
    Objection,
    OutlookItem,
    Pairing,
    Placement,
    PolicyDocument,
    Programme,
    Provision,
    PublicNotice,
    School,
    SchoolYear,
    Secondment,
    SecondmentChange,
    StateChange,
    Teacher,
    Team,
    TeamReport,
    Training,
    YearFacts,
    YearSchedule,
)
from evaluations.choices import RespondentKind
from evaluations.models import (
    Appraisal,
    AppraisalNotice,
    AppraisalScore,
    BriefingPoint,
    Deed,
    Finding,
    HomeVisit,
    Honour,
    Inspection,
    InspectionRound,
    Lecture,
    Lesson,
    Mentorship,
    MentorshipStep,
    Questionnaire,
    QuestionSet,
    ReviewedItem,
    Rubric,
    WorkRecord,
)
from reports.models import Certificate
from zhijiao import clock
from zhijiao.accounts import audit
from zhijiao.accounts.models import OwnSession, User
from zhijiao.attachments.models import Attachment
from zhijiao.dates import ApproximateDate, school_year_of
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
        soon, first = clock.today() + dt.timedelta(days=5), school_year_of(clock.today())
        self.running = SchoolYear.objects.named(f"{first}-{first + 1}")
        YearSchedule.objects.create(
            county=self.county, school_year=self.running, demands_until=soon, applications_until=soon, recommendations_until=soon
        )  # fmt: skip

    def __call__(self, how_many):
        self.numbers = list(islice(self._numbers, how_many))
        self._places()
        self._selection()
        self._on_post()
        self._allowances()
        self._care()
        self._running()
        self._of_secondment()
        self._of_teacher()
        self._of_school()
        self._of_others()
        self._questionnaires()
        self._rounds()
        self._who_might_go()
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
        self._make(
            Allocation, lambda n: {"school_year": self.running, "sending_school": self.sending, "subject": "", "receiving_school": self.school_of[n], "number": 1}
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

    def _running(self):
        """On post today, without a month of attendance: the receiving schools owe it, and are reminded."""
        today = clock.today()
        start, end = today - dt.timedelta(days=90), today + dt.timedelta(days=90)
        rows = self._make(
            Secondment,
            lambda n: {
                "teacher": self.teacher_of[n], "programme": self.world.secondment.programme, "sending_school": self.sending,
                "school_year": self.year, "state": SecondmentState.ON_POST, "start": start, "end": end, "precision": "range",
            },
        )  # fmt: skip
        Placement.objects.bulk_create(
            Placement(county=self.county, secondment=row, receiving_school=self.school_of[n])
            for n, row in zip(self.numbers, rows, strict=True)
        )

    def _of_secondment(self):
        one = {"secondment": self.world.secondment}
        self._make(Placement, lambda n: {**one, "receiving_school": self.school_of[n], "order": n + 1})
        self._make(StateChange, lambda n: {**one, "action": "approve", "source": "review", "target": "approved"})
        self._dated(SecondmentChange, lambda n: {**one, "kind": "subject", "before": "数学", "after": "科学"})
        self._dated(WorkRecord, lambda n: {**one, "category": "教案", "title": f"第{n}单元", "number": 3})
        self._dated(Lesson, lambda n: {**one, "kind": "open", "topic": f"第{n}课", "school": self.school_of[n]})
        self._dated(Lecture, lambda n: {**one, "title": f"第{n}讲"})
        self._dated(Mentorship, lambda n: {**one, "apprentice": self.teacher_of[n]})
        mentorship = {"mentorship": self.world.rows["mentorship"]}
        self._make(MentorshipStep, lambda n: {**mentorship, "text": f"听第{n}次课", "start": DAY, "end": DAY})
        appraisals = self._make(
            Appraisal, lambda n: {**one, "kind": "term", "start": month(n), "end": month(n), "school_year": self.year}
        )
        maker = User.objects.get_or_create(username="notices")[0]
        self._make(
            AppraisalNotice,
            lambda n: {"school_year": self.year, "first_day": month(n), "last_day": month(n), "made_by": maker},
        )
        AppraisalScore.objects.bulk_create(
            AppraisalScore(county=self.county, appraisal=row, item="师德", maximum=20, score=19) for row in appraisals
        )

    def _of_teacher(self):
        one = {"teacher": self.world.teacher}
        self._make(BackboneTitle, lambda n: {**one, "title": f"第{n}届骨干教师"})
        self._make(Exemption, lambda n: {**one, "reason": "spouse", "start": month(n), "end": month(n)})
        self._dated(Honour, lambda n: {**one, "title": f"第{n}次优秀"})
        self._dated(Deed, lambda n: {**one, "text": f"第{n}次雨夜送学生回家"})

    def _of_school(self):
        one, year = {"school": self.receiving}, {"school_year": self.year}
        School.objects.filter(pk__in=[row.pk for row in self.schools]).update(centre_school=self.receiving)
        self._make(YearFacts, lambda n: {"school": self.school_of[n], "teachers": 40, "eligible": 4, **year})
        self._make(Pairing, lambda n: {"supporting_school": self.school_of[n], "supported_school": self.receiving})
        self._dated(LeadingGroup, lambda n: {"school": self.school_of[n], "name": f"第{n}组"})
        self._dated(Meeting, lambda n: {**one, "kind": "座谈会", "topic": f"第{n}次"})
        self._dated(Training, lambda n: {**one, "kind": "报告会", "topic": f"第{n}次"})
        self._dated(PolicyDocument, lambda n: {**one, "title": f"第{n}号"})
        self._dated(PublicNotice, lambda n: {**one, "title": f"受援学校第{n}次公示"})
        self._dated(TeamReport, lambda n: {**one, "reporter": self.teacher_of[n], "content": "顺利"})
        self._make(Incentive, lambda n: {**one, **year, "measure": f"第{n}条"})
        self._make(OutlookItem, lambda n: {**one, **year, "kind": "problem", "text": f"第{n}条"})
        self._dated(Honour, lambda n: {**one, "title": f"第{n}次先进集体"})
        self._dated(Deed, lambda n: {**one, "teacher": self.teacher_of[n], "text": f"第{n}件事"})

    def _of_others(self):
        """Of the one inspection, public notice, activity, allocation and account."""
        rows, secondment = self.world.rows, self.world.secondment
        one = {"inspection": rows["inspection"]}
        self._make(BriefingPoint, lambda n: {**one, "speaker": "校长", "text": f"第{n}点"})
        self._make(
            ReviewedItem,
            lambda n: {**one, "category": "教案", "teacher": self.teacher_of[n], "number": 12, "missing": 1},
        )
        self._make(HomeVisit, lambda n: {**one, "number": f"{n}", "opinion": "好"})
        self._make(Finding, lambda n: {**one, "kind": "problem", "text": f"第{n}条", "teacher": self.teacher_of[n]})
        notice = {"notice": rows["notice"], "received_on": DAY}
        self._make(Objection, lambda n: {**notice, "secondment": secondment, "text": f"对名单的第{n}条异议"})
        Secondment.objects.filter(pk__in=[row.pk for row in self.secondment_of.values()][::2]).update(
            notice=rows["notice"]
        )
        gift = {"donor_school": self.sending, "receiving_school": self.receiving, "activity": rows["activity"]}
        self._dated(Donation, lambda n: {"kind": "goods", "item": f"活动第{n}批图书", **gift})
        Membership.objects.bulk_create(
            Membership(user=rows["member"], role=Role.PRINCIPAL, school=self.school_of[n]) for n in self.numbers
        )
        for name in ("difficulty", "activity", "visit", "donation", "work", "leave"):
            row = rows[name]
            Attachment.objects.bulk_create(
                Attachment(
                    subject_type=row._meta.label_lower, subject_id=str(row.pk), county_id=self.county.pk, name=f"{n}.jpg",
                    kind="jpg", size=1, sha256=f"{n:064}", stored_name=f"{name}-{n}",
                )
                for n in self.numbers
            )  # fmt: skip
        for row in (*rows.values(), secondment, self.world.teacher, self.receiving):
            if hasattr(row, "county_id"):
                audit.record(rows["member"], "改过", row)

    def _rounds(self):
        self._make(Rubric, lambda n: {"key": f"rubric-{n}", "name": f"第{n}种办法"})
        self._make(
            InspectionRound,
            lambda n: {
                "name": f"第{n}轮检查",
                "school_year": self.year,
                "state": "announced",
                "start": month(n % 10),
                "end": month(n % 10),
            },
        )

    def _questionnaires(self):
        now = self.world.rows["own_session"].began
        sets = self._make(
            QuestionSet, lambda n: {"key": f"set-{n}", "title": f"第{n}种问卷", "respondents": RespondentKind.PUPILS}
        )
        set_of = dict(zip(self.numbers, sets, strict=True))
        self._make(
            Questionnaire,
            lambda n: {
                "question_set": set_of[n], "school": self.receiving, "school_year": self.year, "opens_at": now,
                "closes_at": now + dt.timedelta(days=5), "opened_by": self.world.rows["member"],
            },
        )  # fmt: skip

    def _who_might_go(self):
        """Teachers who are due, and each of them entered a second time."""
        who = {
            "school": self.sending,
            "sex": "2",
            "birth_date": dt.date(1990, 1, 1),
            "at_school_since": dt.date(2010, 9, 1),
        }
        for _ in range(2):
            self._make(Teacher, lambda n: {"name": f"重名{n}", "id_number": "", **who})

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
