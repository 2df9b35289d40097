"""A round of inspection as it is lived: announced, at one school over with its letter, at another waiting for it, at one today.

With it what a school and a teacher see of it: a letter to acknowledge, a problem to put right, a questionnaire that is told.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from assignments.models import District, School, Secondment
from evaluations import feedback, rounds, visiting
from evaluations.choices import AnswerWay, HalfDay
from evaluations.models import Inspection, QuestionSet
from evaluations.questionnaires import answering, closing, opening, releasing
from evaluations.questionnaires.tally import Tally, put_tally
from reports.demo.accounts import Staff
from reports.demo.county import County
from zhijiao.clock import standing_at
from zhijiao.dates import ApproximateDate
from zhijiao.working_days import add_working_days

POINTS = (
    ("教导主任", "工作态度", "到岗三个月没有缺过课，主动承担了两个年级的教研组长", "good"),
    ("青年教师", "示范引领", "每周听一次支教老师的课，备课比以前有方法", "good"),
    ("后勤负责人", "生活保障", "周转宿舍热水器上月修好，周末食堂还没有饭", "fair"),
)
SAID = (
    ("五年级", "母亲", "孩子回家愿意说学校的事了，作业批得细"),
    ("三年级", "爷爷", "老师来过家里一次，说孩子字写得比以前好"),
    ("六年级", "父亲", "放学的班车早，兴趣小组上不完"),
)
FINDINGS = (
    ("merit", "支教教师的公开课和集体备课有记录、有反思，本校教师普遍参加"),
    ("problem", "周末食堂不开伙，离家远的支教教师吃饭不方便"),
    ("problem", "听课记录里缺少课后交流，师徒结对的听课次数不够"),
    ("advice", "把支教教师的教学设计整理成校本资料，期满以后留下来"),
)
CLASS_SIZE, CAME_BACK, VALID = 42, 41, 40


class Visits:
    """The second round of the autumn, about four schools and counted back from the day on which the demo is loaded."""

    def __init__(self, made: County, county: District, staff: Staff, school_year: Any) -> None:
        self.county, self.staff, self.today, self.year = county, staff, made.wish.loaded_on, school_year

    def ago(self, number: int) -> dt.date:
        return add_working_days(self.today, -number)

    def live(self) -> None:
        """Nothing where no school has anybody on post."""
        inspectors = self.staff.inspectors
        with standing_at(self.ago(30)):
            held = rounds.create(self._values(), county=self.county, by=self.staff.officer)
            held.school_year = self.year
            held.save(update_fields=["school_year"])
            schools = self._schools(held)
            if not schools:
                rounds.remove(held, by=self.staff.officer)
                return
            first = rounds.put_team(held, "第一组", inspectors[:2], inspectors[0], by=self.staff.officer)
            second = rounds.put_team(held, "第二组", inspectors[2:], inspectors[2], by=self.staff.officer)
            days = (
                (first, self.ago(6), HalfDay.MORNING), (first, self.ago(3), HalfDay.AFTERNOON), (first, self._today(), HalfDay.MORNING),
                (second, self.ago(-3), HalfDay.AFTERNOON), (first, self.ago(-4), HalfDay.MORNING),
            )  # fmt: skip
            planned = [
                rounds.schedule(held, school, team, day, half, by=self.staff.officer)
                for school, team, day, half in self._placed(schools, days)
            ]
            rounds.announce(held, by=self.staff.officer, reason="年度清单内事项，按批准的日期开展")
        for number, row in enumerate(planned[:3]):
            if row.start and row.start <= self.today:
                self._visit(row, is_whole=number < 2)
        if planned[0].start and planned[0].start <= self.ago(5):
            with standing_at(self.ago(4)):
                feedback.issue(planned[0], by=self.staff.officer)

    def _values(self) -> dict[str, Any]:
        season = "秋季" if self.today.month >= 8 else "春季"
        return {
            "name": f"{self.today.year}年{season}支教专项检查", "when": ApproximateDate.month(self.today.year, self.today.month), "days_ahead": 30,
            "contents": list(rounds.CONTENTS), "checklist": ["教案", "作业批改", "听课记录", "公开课材料", "师徒材料", "考勤表", "课程表"],
            "list_number": f"{self.today.year}-11", "notice_document": "",
        }  # fmt: skip

    def _schools(self, held: Any) -> list[School]:
        """That of the principal who can sign in first, then those with teachers on post that nobody visited on these days."""
        known = {name for name, user in self.staff.principals.items() if user.username == "shouyuan"}
        rows = list(rounds.receiving_schools(held))
        return sorted(rows, key=lambda school: school.name not in known)

    def _placed(self, schools: list[School], days: Any) -> Iterator[tuple[School, Any, dt.date, str]]:
        """A school for each place: none that is inspected on that day already."""
        left = list(schools)
        for team, day, half in days:
            taken = set(Inspection.objects.filter(county=self.county, start=day).values_list("school", flat=True))
            school = next((one for one in left if one.pk not in taken), None)
            if school:
                left.remove(school)
                yield school, team, day, half

    def _today(self) -> dt.date:
        """Today, or the next day on which there is school."""
        return add_working_days(self.today - dt.timedelta(days=1), 1)

    def _visit(self, row: Inspection, *, is_whole: bool) -> None:
        by = self.staff.inspectors[0]
        moment = dt.datetime.combine(row.start, dt.time(9, 10)) if row.start else None
        if moment is None:
            return
        with standing_at(moment):
            visiting.start(row, by=by)
            for name, value in self._typed(row, is_whole):
                visiting.save_field(row, name, self._base(row, name), value, by=by)
            for speaker, topic, text, quality in POINTS[: 3 if is_whole else 1]:
                visiting.add(
                    row, "point", {"speaker": speaker, "topic": topic, "text": text, "quality": quality}, by=by
                )
            if not is_whole:
                return
            for grade, relation, opinion in SAID:
                visiting.add(
                    row, "visit", {"grade": grade, "relation": relation, "opinion": opinion, "visitor": by.name}, by=by
                )
            for kind, text in FINDINGS:
                visiting.add(row, "finding", {"kind": kind, "text": text}, by=by)
            for part in visiting.FOLLOWED:
                visiting.finish(row, part, by=by)

    @staticmethod
    def _base(row: Inspection, name: str) -> str:
        """What the page shows before it is typed."""
        kind, key, column = visiting.parse_name(name)
        return visiting.text_of(visiting.KINDS[kind].find(row, key), column)

    def _typed(self, row: Inspection, is_whole: bool) -> Iterator[tuple[str, str]]:
        yield "briefing:place", "学校会议室"
        yield "briefing:heard", "学校领导、本校教师、支教教师"
        yield "briefing:topics", "工作态度、工作效果、生活保障"
        yield "briefing:leaders_heard", "3"
        there = list(visiting.available(row).items())
        for place, ((teacher, category), number) in enumerate(there[: 12 if is_whole else 2]):
            yield f"item:{teacher}:{category}:number", str(max(1, number // 4))
            yield f"item:{teacher}:{category}:quality", ("good", "fair", "good", "plain")[place % 4]
        yield "item:0:考勤表:is_seen", "1"
        if is_whole:
            yield "count:pupils:issued", "45"
            yield "count:pupils:returned", "45"
            yield "count:pupils:valid", "44"
            yield "count:pupils:satisfied", "38"
            yield "count:pupils:fairly_satisfied", "5"
            yield "count:pupils:dissatisfied", "1"
            yield "survey:home_visits", str(len(SAID))
            yield "inspection:conclusion", "fair"

    # --- questionnaires ------------------------------------------------------------------------------------------------

    def ask(self) -> None:
        """About the teacher who can sign in: one questionnaire that is told, on paper, and one that still runs, by codes."""
        secondment = self._of_login()
        if secondment is None:
            return
        school = secondment.placements.order_by("-order").select_related("receiving_school")[0].receiving_school
        sets = {one.key: one for one in QuestionSet.objects.filter(county=None)}
        with standing_at(self.ago(12)) as opened:
            told = opening.open_questionnaire(
                question_set=sets["pupils"], school=school, secondment=secondment, classes=[opening.ClassPlan("四（1）班", CLASS_SIZE, AnswerWay.PAPER)],
                opens_at=opened, closes_at=opened + dt.timedelta(days=7), by=self.staff.officer,
            )  # fmt: skip
        with standing_at(self.ago(8)):
            row = told.classes.get()
            put_tally(row, _counted(row), by=self.staff.officer)
            closing.close(told, by=self.staff.officer)
        with standing_at(self.ago(7)):
            releasing.release(told, by=self.staff.officer)
        with standing_at(self.ago(1)) as opened:
            opening.open_questionnaire(
                question_set=sets["parents"], school=school, secondment=secondment, classes=[opening.ClassPlan("四（1）班", CLASS_SIZE)],
                opens_at=opened, closes_at=opened + dt.timedelta(days=10), by=self.staff.officer,
            )  # fmt: skip

    def _of_login(self) -> Secondment | None:
        login = next((one for one in self.staff.logins if one.username == "jiaoshi"), None)
        rows = Secondment.objects.filter(
            county=self.county, school_year=self.year, state="on_post", teacher__user__username="jiaoshi"
        )
        return rows.first() if login else None


def _counted(row: Any) -> Tally:
    """Most of a class are content; the same each time."""
    counts: dict[int, int] = {}
    for number, item in enumerate(answering.paper_of(row.questionnaire.question_set_id)):
        left = VALID
        for place, option in enumerate(item.options):
            last = place == len(item.options) - 1
            share = left if last else max(0, left - (4 + number % 4) * (len(item.options) - 1 - place))
            counts[option.pk] = share
            left -= share
    return Tally(CLASS_SIZE, CAME_BACK, VALID, counts)
