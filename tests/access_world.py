"""The records that the addresses are about, and which address is about which."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from assignments.models import (
    Activity,
    Allocation,
    AllowancePayment,
    AllowanceRate,
    AllowanceSheet,
    AttendanceMonth,
    CondolenceVisit,
    CorrectionRequest,
    Difficulty,
    DistinctPair,
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
    SchoolYear,
    Secondment,
    SecondmentChange,
    Teacher,
)
from evaluations.models import (
    AnswerText,
    Appraisal,
    AppraisalNotice,
    AppraisalScore,
    BallotBox,
    Finding,
    GradeThreshold,
    Inspection,
    InspectionRound,
    InspectionTeam,
    Mentorship,
    Question,
    Questionnaire,
    QuestionnaireClass,
    QuestionSet,
    Rubric,
    RubricItem,
    TeamMember,
    WorkRecord,
)
from reports.certificates import content_of, years_of
from reports.models import Certificate, Passage, Report
from zhijiao.accounts import audit
from zhijiao.accounts.models import OwnSession, User
from zhijiao.attachments.models import Attachment
from zhijiao.dates import ApproximateDate, parse_day
from zhijiao.notices.models import Notice
from zhijiao.workbook.models import ImportRun


@dataclass
class World:
    """One of everything, with names that are found nowhere else."""

    mark: str
    county: Any
    sending_school: Any
    receiving_school: Any
    teacher: Any
    secondment: Any
    rows: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def make(cls, county: Any, mark: str) -> World:
        sending = School.objects.create(county=county, name=f"{mark}派小学")
        receiving = School.objects.create(county=county, name=f"{mark}受小学", is_centre_school=True)
        teacher = Teacher.objects.create(county=county, school=sending, name=f"{mark}若兰")
        year = SchoolYear.objects.named("2023-2024")
        programme = Programme.objects.get_or_create(county=county, name="测试支教")[0]
        secondment = Secondment(
            county=county,
            teacher=teacher,
            school_year=year,
            programme=programme,
            sending_school=sending,
            state="on_post",
        )
        secondment.when = ApproximateDate.range(parse_day("2023-09-01"), parse_day("2024-07-10"))
        secondment.save()
        Placement.objects.create(county=county, secondment=secondment, receiving_school=receiving)
        world = cls(mark, county, sending, receiving, teacher, secondment)
        world._fill(year)
        return world

    def _fill(self, year: Any) -> None:
        rows, county = self.rows, self.county
        when = ApproximateDate.day(dt.date(2023, 10, 9))

        def dated(model: Any, **values: Any) -> Any:
            row = model(county=county, school_year=year, **values)
            row.when = when
            row.save()
            return row

        rows["notice"] = dated(PublicNotice, school=self.sending_school, title=f"{self.mark}名单公示")
        Secondment.objects.filter(pk=self.secondment.pk).update(notice=rows["notice"])
        rows["objection"] = Objection.objects.create(
            county=county, notice=rows["notice"], received_on=dt.date(2023, 10, 9), text=f"{self.mark}异议"
        )
        rows["change"] = dated(
            SecondmentChange,
            secondment=self.secondment,
            kind="extend",
            state="requested",
            new_end=dt.date(2024, 12, 31),
        )
        rows["activity"] = dated(
            Activity,
            kind="送课下乡",
            title=f"{self.mark}送课",
            school=self.sending_school,
            receiving_school=self.receiving_school,
        )
        rows["round"] = dated(InspectionRound, name=f"{self.mark}轮检查", state="announced")
        rows["team"] = InspectionTeam.objects.create(county=county, round=rows["round"], name="第一组")
        rows["inspection"] = dated(Inspection, school=self.receiving_school, round=rows["round"], team=rows["team"])
        rows["finding"] = Finding.objects.create(
            county=county,
            inspection=rows["inspection"],
            kind="problem",
            text=f"{self.mark}缺反思",
            teacher=self.teacher,
        )
        rows["rubric"] = Rubric.objects.create(county=county, key=f"rubric-{ord(self.mark)}", name=f"{self.mark}办法")
        rubric = Rubric.objects.create(county=county, key=f"used-{ord(self.mark)}", name=f"{self.mark}考核办法")
        item = RubricItem.objects.create(
            county=county, rubric=rubric, number=1, name=f"{self.mark}师德", kind="level", maximum=100,
            rule={"levels": [{"name": "好", "points": "100"}, {"name": "差", "points": "0"}]},
        )  # fmt: skip
        GradeThreshold.objects.create(county=county, rubric=rubric, grade="qualified", lowest=0, highest=100)
        rows["grades"] = AppraisalNotice.objects.create(
            county=county, school_year=year, first_day=dt.date(2024, 6, 20), last_day=dt.date(2024, 6, 27),
            made_by=User.objects.get_or_create(username=f"{ord(self.mark)}-notices")[0],
        )  # fmt: skip
        rows["appraisal"] = dated(
            Appraisal,
            secondment=self.secondment,
            rubric=rubric,
            state="noticed",  # so that everybody who may read it at all may read it
            notice=rows["grades"],
            proposed_grade="qualified",
            grade="qualified",
            version=1,
        )
        AppraisalScore.objects.create(
            county=county, appraisal=rows["appraisal"], item=item.name, maximum=100, rubric_item=item
        )
        rows["question_set"] = QuestionSet.objects.create(
            county=county, key=f"set-{ord(self.mark)}", title=f"{self.mark}问卷", respondents="pupils"
        )
        now = timezone.now()
        rows["questionnaire"] = Questionnaire.objects.create(
            county=county, question_set=rows["question_set"], school=self.receiving_school, secondment=self.secondment,
            school_year=year, opens_at=now, closes_at=now + dt.timedelta(days=1), state="open",
            opened_by=User.objects.create_user(username=f"{self.mark}-opener", password="x", name="开卷人"),
        )  # fmt: skip
        rows["paper_class"] = QuestionnaireClass.objects.create(
            county=county, questionnaire=rows["questionnaire"], name=f"{self.mark}班", way="paper", enrolled=40, issued=40
        )  # fmt: skip
        BallotBox.objects.create(county=county, questionnaire_class=rows["paper_class"])
        asked = Question.objects.create(
            county=county, question_set=rows["question_set"], number=1, text="有一句话想说", kind="text"
        )
        rows["answer_text"] = AnswerText.objects.create(
            county=county, key=f"{ord(self.mark):032x}", questionnaire=rows["questionnaire"], question=asked, text=f"{self.mark}意见"
        )  # fmt: skip
        rows["work"] = dated(WorkRecord, secondment=self.secondment, category="教案", title=f"{self.mark}单元")
        apprentice = Teacher.objects.create(county=county, school=self.receiving_school, name=f"{self.mark}徒弟")
        rows["mentorship"] = dated(Mentorship, secondment=self.secondment, apprentice=apprentice)
        rows["difficulty"] = dated(Difficulty, teacher=self.teacher, text=f"{self.mark}宿舍漏雨")
        rows["attendance"] = AttendanceMonth.objects.create(
            county=county, secondment=self.secondment, month=dt.date(2023, 10, 1), due=17, present=17
        )
        rows["leave"] = Leave.objects.create(
            county=county,
            secondment=self.secondment,
            kind="sick",
            start=dt.date(2023, 10, 9),
            end=dt.date(2023, 10, 10),
            days=2,
        )

        school, receiver, teacher = self.sending_school, self.receiving_school, self.teacher
        rows["allocation"] = Allocation.objects.create(
            county=county, school_year=year, sending_school=school, receiving_school=receiver, subject="语文", number=1
        )
        rows["exemption"] = Exemption.objects.create(
            county=county, teacher=teacher, reason="spouse", start=dt.date(2023, 9, 1)
        )
        rows["correction"] = CorrectionRequest.objects.create(
            county=county, teacher=teacher, field="籍贯", right_value=f"{self.mark}籍贯"
        )
        rows["donation"] = dated(
            Donation, kind="goods", item=f"{self.mark}图书", donor_school=school, receiving_school=receiver
        )
        rows["provision"] = Provision.objects.create(county=county, school_year=year, school=receiver, items=["宿舍"])
        rows["visit"] = dated(CondolenceVisit, occasion="中秋节", visiting_school=school, visited_school=receiver)
        rows["rate"] = AllowanceRate.objects.create(
            county=county, school_class=f"{self.mark}类", amount=500, start=dt.date(2023, 9, 1)
        )
        month = dt.date(2023, {"本": 10, "邻": 11, "外": 12}[self.mark], 1)  # one sheet a month and county
        rows["sheet"] = AllowanceSheet.objects.create(county=county, month=month)
        rows["payment"] = AllowancePayment.objects.create(
            county=county,
            secondment=self.secondment,
            month=dt.date(2023, 10, 1),
            standard=500,
            amount=500,
            sheet=rows["sheet"],
        )
        rows["run"] = ImportRun.objects.create(
            county_id=county.pk,
            county_name=str(county),
            by_name="某人",
            file_name=f"{self.mark}工作簿.xlsx",
            sha256="0" * 64,
        )
        rows["attachment"] = Attachment.objects.create(
            subject_type="assignments.difficulty", subject_id=str(rows["difficulty"].pk), county_id=county.pk,
            name=f"{self.mark}照片.jpg", kind="jpg", size=1, sha256="0" * 64, stored_name=f"{self.mark}0",
        )  # fmt: skip

        rows["certificate"] = Certificate.objects.create(
            county=county, teacher=teacher, year=2024, number=len(self.mark.encode()) + ord(self.mark), serial=f"{self.mark}2024", code=f"{self.mark}-code",
            content=content_of(teacher, years_of([]), serial=f"{self.mark}2024", code=f"{self.mark}-code", address="", purpose="", on=dt.date(2024, 7, 20)), digest="0" * 64, issued_on=dt.date(2024, 7, 20), issued_by=User.objects.create_user(username=f"{self.mark}-issuer", password="x", name="开证人"),
        )  # fmt: skip
        rows["certificate"].secondments.add(self.secondment)
        rows["report"] = Report.objects.create(
            county=county, period=str(1950 + ord(self.mark[0]) % 100), title=f"{self.mark}县总结", signs=f"{self.mark}县教育局", made_by=rows["certificate"].issued_by,
            made_at=timezone.now(), changed_at=timezone.now(),
        )  # fmt: skip
        rows["report_of_school"] = Report.objects.create(
            county=county, school=self.receiving_school, period="2023-2024", title=f"{self.mark}校总结", signs=f"{self.mark}受小学",
            made_by=rows["certificate"].issued_by, made_at=timezone.now(), changed_at=timezone.now(),
        )  # fmt: skip
        rows["passage"] = Passage.objects.create(
            report=rows["report"], order=1, kind="paragraph", text=f"{self.mark}总结的一段。"
        )
        rows["distinct"] = DistinctPair.objects.create(
            county=county, kind="school", low=school.pk, high=receiver.pk, reason="两校同名"
        )
        # Somebody who can sign in, with a role here, a device, a code of a slip, and something done that the trail kept.
        member = User.objects.create_user(username=f"{self.mark}-member", password="x", name=f"{self.mark}校长")
        rows["member"] = member
        rows["membership"] = Membership.objects.create(user=member, role="principal", school=self.receiving_school)
        now = timezone.now()
        rows["own_session"] = OwnSession.objects.create(
            user=member, session_key=f"{self.mark}-session", began=now, seen=now
        )
        rows["own_notice"] = Notice.objects.create(
            user=member, kind="sent_back", title=f"{self.mark}通知", text="", key=self.mark
        )
        rows["entry"] = audit.record(member, f"{self.mark}操作", self.sending_school)

    def inspected_by(self, user: Any) -> None:
        """The inspector is in the team that inspects the receiving school here, and in no other."""
        TeamMember.objects.create(county=self.county, team=self.rows["team"], user=user, is_leader=True)

    def canaries(self) -> tuple[str, ...]:
        return tuple(
            f"{self.mark}{name}"
            for name in (
                "派小学",
                "受小学",
                "若兰",
                "校长",
                "操作",
                "名单公示",
                "异议",
                "送课",
                "宿舍漏雨",
                "籍贯",
                "图书",
                "工作簿",
                "通知",
            )
        )


@dataclass(frozen=True)
class Address:
    """What an address is about: a key of World.rows, a part of World, or nothing (a list, a form for something new)."""

    about: str | None = None
    more: tuple[Any, ...] = ()  # what stands in the address after the number
    before: tuple[Any, ...] = ()  # … or before it
    method: str = "get"
    data: dict[str, Any] = field(default_factory=dict)
    side: str = "SR"  # whose it is: the sending school's, the receiving school's, both
    decides: bool = False  # what else the page needs (a file, a kind of paper) may refuse even where the table does not
    is_of_bureau: bool = False  # a record of the county as a whole, which no school and no teacher has
    names_schools: bool = False  # offers the county's schools by name, which is no secret

    def args(self, world: World) -> list[Any]:
        row = (world.rows.get(self.about) or getattr(world, self.about)) if self.about else None
        return [*self.before, *([row.pk] if row else []), *self.more]

    def missing(self, world: World, number: int) -> list[Any]:
        return [*self.before, number, *self.more]


LIST = Address()
POST = Address(method="post")
PUBLIC = {
    "q_answer",
    "q_done",
    "q_typed",
    "certificate_check",
    "certificate_verify",
    "login",
    "sign_in_code",
    "logout",
    "claim",
    "claim_password",
    "healthz",
}
ADDRESSES: dict[str, Address] = {
    "home": LIST,
    "account": LIST,
    "password_change": LIST,
    "session_end": Address("own_session", method="post"),
    "session_end_others": POST,
    "second_factor": LIST,
    "second_factor_start": POST,
    "second_factor_confirm": POST,
    "second_factor_off": LIST,
    "recovery_codes": LIST,
    "audit:entry_list": LIST,
    "audit:entry_detail": Address("entry"),
    "audit:entry_export": LIST,
    "audit:entry_verify": POST,
    "assignments:member_list": LIST,
    "assignments:member_create": Address(names_schools=True),
    "assignments:member_policy": LIST,
    "assignments:member_slips_schools": LIST,
    "assignments:member_slips_teachers": LIST,
    "assignments:member_detail": Address("member"),
    "assignments:member_disable": Address("member"),
    "assignments:member_enable": Address("member"),
    "assignments:member_reset": Address("member"),
    "assignments:member_role_grant": Address("member", names_schools=True),
    "assignments:member_role_confirm": Address("membership", method="post"),
    "assignments:member_role_decline": Address("membership"),
    "assignments:member_role_end": Address("membership"),
    "assignments:role_own": LIST,
    "assignments:role_lend": Address("membership", method="post", decides=True),
    "assignments:role_take_back": Address("membership", method="post"),
    "send_reminder": Address(before=("attendance",), method="post"),
    "read_when": Address(data={"text": "2025年9月"}),
    "read_quantity": Address(data={"text": "约200人"}),
    "notices:notice_list": LIST,
    "notices:notices_read": POST,
    "notices:notice_open": Address("own_notice", method="post"),
    "notices:template_list": LIST,
    "notices:template_edit": Address(before=("sent_back",)),
    "notices:template_restore": Address(before=("sent_back",), method="post"),
    "workbook:run_detail": Address("run"),
    "workbook:run_confirm": Address("run", method="post"),
    "workbook:run_abandon": Address("run", method="post"),
    "workbook:run_undo": Address("run", method="post"),
    "workbook:run_marked": Address("run"),
    "attachments:file": Address("attachment", decides=True),
    "attachments:preview": Address("attachment", decides=True),
    "attachments:remove": Address("attachment", method="post"),
    "attachments:add": Address("difficulty", before=("assignments.difficulty",), method="post", decides=True),
    "assignments:search": Address(data={"q": "若兰"}),
    "assignments:search_suggest": Address(data={"q": "若兰"}),
    "assignments:demand_list": LIST,
    "assignments:demand_edit": Address("receiving_school", side="R"),
    "assignments:plan": LIST,
    "assignments:plan_schedule": LIST,
    "assignments:plan_export": LIST,
    "assignments:plan_allocate": Address(names_schools=True),
    "assignments:plan_allocation": Address("allocation"),
    "assignments:plan_allocation_remove": Address("allocation", method="post"),
    "assignments:plan_matching": LIST,
    "assignments:candidate_list": LIST,
    "assignments:candidate_outlook": LIST,
    "assignments:candidate_export": LIST,
    "assignments:candidate_rule": LIST,
    "assignments:exemption_new": Address("teacher"),
    "assignments:exemption_edit": Address("exemption"),
    "assignments:exemption_end": Address("exemption"),
    "assignments:application_new": Address(names_schools=True),
    "assignments:application_edit": Address("secondment", names_schools=True),
    "assignments:secondment_assign": Address("secondment"),
    "assignments:school_new": LIST,
    "assignments:school_edit": Address("receiving_school", side="R"),
    "assignments:school_close": Address("receiving_school", side="R"),
    "assignments:teacher_new": Address(names_schools=True),
    "assignments:teacher_edit": Address("teacher", names_schools=True),
    "assignments:teacher_retire": Address("teacher"),
    "assignments:correction_new": Address("teacher", decides=True),
    "assignments:correction_answer": Address("correction"),
    "assignments:duplicate_list": LIST,
    "assignments:teacher_merge": Address("teacher", more=(1,), decides=True),
    "assignments:school_merge": Address("receiving_school", more=(1,), decides=True),
    "assignments:duplicate_again": Address("distinct", method="post", is_of_bureau=True),
    "assignments:teacher_merge_with": Address("teacher"),
    "assignments:school_merge_with": Address("receiving_school", side="R"),
    "assignments:teacher_distinct": Address("teacher", more=(1,), method="post", decides=True),
    "assignments:school_distinct": Address("receiving_school", more=(1,), method="post", decides=True),
    "assignments:teacher_reveal": Address("teacher", decides=True),
    "assignments:teacher_viewed": Address("teacher"),
    "assignments:activity_create": Address(names_schools=True),
    "assignments:activity_edit": Address("activity", names_schools=True, side="S"),
    "assignments:activity_donation": Address("activity", names_schools=True, side="S"),
    "assignments:donation_list": LIST,
    "assignments:donation_create": Address(names_schools=True),
    "assignments:donation_detail": Address("donation"),
    "assignments:donation_edit": Address("donation", names_schools=True, side="S"),
    "assignments:donation_remove": Address("donation", side="S"),
    "evaluations:questionnaire_list": LIST,
    "evaluations:questionnaire_new": Address(names_schools=True),
    "evaluations:questionnaire_detail": Address("questionnaire", side="R"),
    "evaluations:questionnaire_progress": Address("questionnaire", side="R"),
    "evaluations:questionnaire_issue": Address("questionnaire", method="post", side="R"),
    "evaluations:questionnaire_close": Address("questionnaire", method="post", side="R"),
    "evaluations:questionnaire_time": Address("questionnaire", method="post", side="R"),
    "evaluations:questionnaire_results": Address("questionnaire", side="R"),
    "evaluations:questionnaire_release": Address("questionnaire", method="post", side="R"),
    "evaluations:questionnaire_texts": Address("questionnaire", side="R"),
    "evaluations:questionnaire_text": Address("answer_text", method="post", side="R"),
    "evaluations:questionnaire_paper": Address("questionnaire", side="R"),
    "evaluations:class_tally": Address("paper_class", side="R"),
    "evaluations:class_tally_clear": Address("paper_class", method="post", side="R"),
    "evaluations:questionnaire_replace": Address("questionnaire", method="post", side="R"),
    "evaluations:questionnaire_class": Address("questionnaire", method="post", side="R"),
    "evaluations:rubric_list": LIST,
    "evaluations:rubric_new": LIST,
    "evaluations:rubric_detail": Address("rubric", is_of_bureau=True),
    "evaluations:rubric_copy": Address("rubric", method="post", is_of_bureau=True),
    "evaluations:rubric_edit": Address("rubric", is_of_bureau=True),
    "evaluations:rubric_try": Address("rubric", is_of_bureau=True),
    "evaluations:rubric_retire": Address("rubric", method="post", is_of_bureau=True),
    "evaluations:question_set_list": LIST,
    "evaluations:question_set_detail": Address("question_set", is_of_bureau=True),
    "evaluations:question_set_copy": Address("question_set", method="post", is_of_bureau=True),
    "evaluations:question_set_edit": Address("question_set", is_of_bureau=True),
    "evaluations:question_set_retire": Address("question_set", method="post", is_of_bureau=True),
    "evaluations:appraisal_list": LIST,
    "evaluations:appraisal_open": LIST,
    "evaluations:appraisal_settle": LIST,
    "evaluations:appraisal_notice_list": LIST,
    "evaluations:appraisal_notice_new": LIST,
    "evaluations:appraisal_notice": Address("grades", is_of_bureau=True),
    "evaluations:appraisal_notice_finish": Address("grades", method="post", is_of_bureau=True),
    "evaluations:appraisal_detail": Address("appraisal"),
    "evaluations:appraisal_score": Address("appraisal", side="R"),
    "evaluations:appraisal_refresh": Address("appraisal", method="post", side="R"),
    "evaluations:appraisal_return": Address("appraisal", method="post"),
    "evaluations:appraisal_sign": Address("appraisal", method="post"),
    "evaluations:appraisal_object": Address("appraisal", method="post"),
    "evaluations:appraisal_opinion": Address("appraisal", method="post", side="S"),
    "evaluations:appraisal_appeal": Address("appraisal", method="post"),
    "evaluations:appraisal_decide": Address("appraisal", method="post"),
    "evaluations:inspection_round_list": LIST,
    "evaluations:inspection_round_new": LIST,
    "evaluations:inspection_round": Address("round", side="R"),
    "evaluations:inspection_round_edit": Address("round", is_of_bureau=True),
    "evaluations:inspection_round_remove": Address("round", method="post", is_of_bureau=True),
    "evaluations:inspection_round_announce": Address("round", is_of_bureau=True),
    "evaluations:inspection_round_close": Address("round", method="post", is_of_bureau=True),
    "evaluations:inspection_round_schedule": Address("round", is_of_bureau=True),
    "evaluations:inspection_team_new": Address("round", is_of_bureau=True),
    "evaluations:inspection_team_edit": Address("team", is_of_bureau=True),
    "evaluations:inspection_team_drop": Address("team", method="post", is_of_bureau=True),
    "evaluations:inspection_visit": Address("inspection", more=("briefing",), side="R"),
    "evaluations:inspection_visit_start": Address("inspection", method="post", side="R"),
    "evaluations:inspection_visit_finish": Address("inspection", more=("briefing",), method="post", side="R"),
    "evaluations:inspection_visit_reopen": Address("inspection", more=("briefing",), method="post", side="R"),
    "evaluations:inspection_visit_add": Address("inspection", more=("finding",), method="post", side="R"),
    "evaluations:inspection_visit_remove": Address("inspection", more=("finding", 1), method="post", side="R"),
    "evaluations:inspection_slot": Address("inspection", is_of_bureau=True),
    "evaluations:inspection_take_out": Address("inspection", is_of_bureau=True),
    "evaluations:work_list": LIST,
    "evaluations:work_book": Address("secondment"),
    "evaluations:work_confirm": Address("secondment", method="post", side="R"),
    "evaluations:work_new": Address("secondment", more=("record",), side="R"),
    "evaluations:work_step": Address("mentorship", method="post", side="R"),
    "evaluations:work_row": Address("work", before=("record",)),
    "evaluations:work_edit": Address("work", before=("record",), side="R"),
    "evaluations:work_remove": Address("work", before=("record",), method="post", side="R"),
    "evaluations:work_send_back": Address("work", before=("record",), method="post", side="R"),
    "assignments:difficulty_list": LIST,
    "assignments:difficulty_create": LIST,
    "assignments:difficulty_detail": Address("difficulty"),
    "assignments:difficulty_take_on": Address("difficulty"),
    "assignments:difficulty_settle": Address("difficulty"),
    "assignments:difficulty_reopen": Address("difficulty"),
    "assignments:provision_list": Address(decides=True),
    "assignments:provision_create": LIST,
    "assignments:provision_detail": Address("provision", side="R", decides=True),
    "assignments:provision_edit": Address("provision", side="R"),
    "assignments:visit_list": LIST,
    "assignments:visit_create": Address(names_schools=True),
    "assignments:condolencevisit_detail": Address("visit", decides=True),
    "assignments:visit_edit": Address("visit", names_schools=True, side="S"),
    "assignments:attendance": LIST,
    "assignments:attendance_own": LIST,
    "assignments:attendance_answer": Address("attendance", method="post"),
    "assignments:attendance_list": LIST,
    "assignments:attendance_overview": LIST,
    "assignments:attendance_overview_of": Address(before=(2023, "10")),
    "assignments:attendance_month": Address(before=(2023, "10"), decides=True),
    "assignments:attendance_confirm": Address(before=(2023, "10"), method="post"),
    "assignments:attendance_reopen": Address(before=(2023, "10"), method="post"),
    "assignments:leave_list": LIST,
    "assignments:leave_new": LIST,
    "assignments:leave_detail": Address("leave"),
    "assignments:leave_approve": Address("leave", method="post"),
    "assignments:leave_refuse": Address("leave", method="post"),
    "assignments:leave_withdraw": Address("leave", method="post"),
    "assignments:leave_back": Address("leave", method="post"),
    "assignments:allowances": LIST,
    "assignments:allowance_new": LIST,
    "assignments:allowance_list": LIST,
    "assignments:allowance_rates": Address(decides=True),
    "assignments:allowance_rate_new": LIST,
    "assignments:allowance_rate": Address("rate", is_of_bureau=True),
    "assignments:allowance_rate_drop": Address("rate", is_of_bureau=True, method="post"),
    "assignments:allowance_sheet": Address("sheet", is_of_bureau=True),
    "assignments:allowance_count": Address("sheet", is_of_bureau=True, method="post"),
    "assignments:allowance_check": Address("sheet", is_of_bureau=True, method="post"),
    "assignments:allowance_send_back": Address("sheet", is_of_bureau=True, method="post"),
    "assignments:allowance_lock": Address("sheet", is_of_bureau=True, method="post"),
    "assignments:allowance_settle": Address("sheet", is_of_bureau=True, method="post"),
    "assignments:allowance_line": Address("payment"),
    "assignments:allowance_line_drop": Address("payment", method="post"),
    "assignments:timetable": LIST,
    "choose_year": POST,
    "assignments:school_list": LIST,
    "assignments:teacher_list": LIST,
    "assignments:secondment_list": LIST,
    "assignments:activity_list": LIST,
    "assignments:public_notice_list": LIST,
    "assignments:school_detail": Address("receiving_school", side="R"),
    "assignments:teacher_detail": Address("teacher"),
    "assignments:secondment_detail": Address("secondment"),
    "assignments:activity_detail": Address("activity"),
    "assignments:public_notice": Address("notice", side="S"),
    "assignments:objection_new": Address("notice", side="S"),
    "assignments:objection_decide": Address("objection", side="S"),
    "assignments:secondment_choose": POST,
    "assignments:secondment_many": Address(more=("approve",)),
    "assignments:secondment_act": Address("secondment", more=("appraise",)),
    "assignments:change_decide": Address("change"),
    "assignments:change_cancel": Address("change", method="post"),
    "evaluations:inspection_list": LIST,
    "evaluations:inspection_detail": Address("inspection", side="R"),
    "evaluations:inspection_feedback": Address("inspection", side="R"),
    "evaluations:feedback_issue": Address("inspection", side="R"),
    "evaluations:feedback_withdraw": Address("inspection", side="R", method="post"),
    "evaluations:feedback_acknowledge": Address("inspection", side="R", method="post"),
    "evaluations:feedback_answer": Address("inspection", side="R", method="post"),
    "evaluations:rectification_list": LIST,
    "evaluations:rectification_export": LIST,
    "evaluations:finding_detail": Address("finding"),
    "evaluations:finding_rectify": Address("finding", side="R", method="post"),
    "evaluations:finding_recheck": Address("finding", side="R", method="post"),
    "reports:index": LIST,
    "reports:annual_report": LIST,
    "reports:annual_report_pdf": LIST,
    "reports:annual_report_word": LIST,
    "reports:annual_report_excel": LIST,
    "reports:annual_report_html": LIST,
    "reports:living_begin": POST,
    "reports:living": Address("report", is_of_bureau=True),
    "reports:living_call": LIST,
    "reports:living_checks": Address("report", is_of_bureau=True),
    "reports:living_have_read": Address("report", method="post", is_of_bureau=True),
    "reports:living_hand_in": Address("report_of_school", method="post"),
    "reports:living_send_back": Address("report_of_school"),
    "reports:living_accept": Address("report_of_school", method="post"),
    "reports:living_issue": Address("report", is_of_bureau=True),
    "reports:living_succeed": Address("report", method="post", is_of_bureau=True),
    "reports:living_abandon": Address("report", method="post", is_of_bureau=True),
    "reports:living_differences": Address("report_of_school", decides=True),
    "reports:living_figure": Address("report_of_school", more=(1,), decides=True),
    "reports:living_file": Address("report_of_school", more=("docx",), decides=True),
    "reports:living_compare": Address("report", is_of_bureau=True),
    "reports:living_back": Address("report", is_of_bureau=True),
    "reports:living_last_year": Address("report", is_of_bureau=True),
    "reports:living_take_over": Address("passage", is_of_bureau=True),
    "reports:living_edit": Address("report", is_of_bureau=True),
    "reports:living_head": Address("report", is_of_bureau=True),
    "reports:living_here": Address("report", method="post", is_of_bureau=True),
    "reports:living_narrow": Address("report", more=("seconded",), is_of_bureau=True),
    "reports:living_renew": Address("report", method="post", is_of_bureau=True),
    "reports:living_passage": Address("passage", is_of_bureau=True),
    "reports:living_add": Address("passage", more=("paragraph",), is_of_bureau=True),
    "reports:living_act": Address("passage", more=("leave-out",), method="post", is_of_bureau=True),
    "reports:figure_search": LIST,
    "reports:papers": LIST,
    "reports:red_head": LIST,
    "reports:years": LIST,
    "reports:year": Address(before=(1,), decides=True),
    "reports:year_close": Address(before=(1,), decides=True),
    "reports:year_archive": Address(before=(1,), method="post", decides=True),
    "reports:year_reopen": Address(before=(1,), decides=True),
    "reports:paper": Address(before=("roster",), decides=True),
    "reports:paper_file": Address(before=("roster",), data={"format": "docx", "year": "2023-2024"}, decides=True),
    "reports:dossier": Address("secondment"),
    "reports:national": LIST,
    "reports:national_file": LIST,
    "reports:national_tick": POST,
    "reports:certificate_new": LIST,
    "reports:certificate": Address("certificate"),
    "reports:certificate_revoke": Address("certificate"),
    "reports:glance": LIST,
    "reports:glance_now": LIST,
    "reports:glance_flows": LIST,
    "reports:glance_evidence": LIST,
    "reports:glance_briefing": LIST,
    "reports:glance_counties": Address(decides=True),  # for who sees several
    "reports:glance_file": Address(before=("board",), data={"period": "2023-2024"}),
    "reports:figures": LIST,
    "reports:figure": Address(more=("seconded",)),
    "reports:figures_file": LIST,
    "reports:figure_file": Address(more=("seconded",)),
    "reports:figure_compare": Address(more=("seconded",)),
    "reports:figure_compare_file": Address(more=("seconded",)),
    "workbook:run_list": LIST,
    "workbook:template": LIST,
    "workbook:export": Address(data={"period": "2023-2024"}),
    "workbook:columns": LIST,
}
