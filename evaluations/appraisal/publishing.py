"""What was settled is made public, may be appealed, and then is final and stays as it is."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from typing import Any

from assignments.access import insist, insist_for_county
from evaluations.appraisal.steps import STEPS, insist_state, insist_step, locked, locked_all
from evaluations.choices import AppealResult, AppraisalState
from evaluations.models import Appeal, Appraisal, AppraisalNotice
from evaluations.telling import appraisals as telling
from zhijiao import clock
from zhijiao.accounts import audit
from zhijiao.dates import told
from zhijiao.refusals import Refused, WordsNeeded, atomically
from zhijiao.working_days import working_days

NOTICE_DAYS = 5  # working days, at least


def publish(
    appraisals: Iterable[Appraisal], first_day: dt.date, last_day: dt.date, *, by: Any, document: str = ""
) -> AppraisalNotice:
    """公示 of these grades, for at least five working days."""
    keys = [one.pk for one in appraisals]
    with atomically():
        rows = locked_all(keys)
        if not rows:
            raise Refused("没有评定好的考核可以公示")
        for row in rows:
            insist_step("publish", row, by)
        if len({(row.county_id, row.school_year_id, row.kind) for row in rows}) > 1:
            raise Refused("一次公示同一学年、同一类考核")
        if (school_year := rows[0].school_year) is None:
            raise Refused("没有写学年的考核不能公示")
        if first_day < clock.today():
            raise Refused("公示从今天或者以后开始")
        if last_day < first_day or (days := len(working_days(first_day, last_day))) < NOTICE_DAYS:
            number = 0 if last_day < first_day else days
            raise Refused(f"公示至少 {NOTICE_DAYS} 个工作日，现在是 {number} 个")
        notice = AppraisalNotice.objects.create(
            county_id=rows[0].county_id, school_year=school_year, kind=rows[0].kind, first_day=first_day,
            last_day=last_day, document=document.strip(), made_by=by,
        )  # fmt: skip
        Appraisal.objects.filter(pk__in=[row.pk for row in rows]).update(state=AppraisalState.NOTICED, notice=notice)
        for row in rows:
            row.state, row.notice = AppraisalState.NOTICED, notice
        audit.record(
            by,
            "公示考核结果",
            notice,
            after={"人数": len(rows), "公示开始": told(first_day), "公示结束": told(last_day)},
        )
        telling.tell_published(rows, notice, by=by)
    return notice


def why_not_appealed(row: Appraisal) -> str:
    """Why the teacher cannot appeal now; "" where they can."""
    notice = row.notice
    if row.state != AppraisalState.NOTICED or notice is None:
        return STEPS["appeal"].refusal
    if not notice.first_day <= clock.today() <= notice.last_day:
        return f"公示期是{told(notice.first_day)}到{told(notice.last_day)}，现在不在公示期内"
    if Appeal.objects.filter(appraisal=row, made_on__gte=notice.first_day).exists():
        return "这次公示您已经申诉过了"
    return ""


def appeal(appraisal: Appraisal, text: str, *, by: Any) -> Appeal:
    """The teacher asks the bureau to look at the grade again."""
    words = text.strip()
    with atomically():
        row = locked(appraisal)
        insist_step("appeal", row, by)
        if why_not := why_not_appealed(row):
            raise Refused(why_not)
        if not words:
            raise WordsNeeded("没有提交：请写申诉的理由")
        if len(words) > 500:
            raise WordsNeeded(f"申诉理由最多 500 个字，现在有 {len(words)} 个")
        made = Appeal.objects.create(
            county_id=row.county_id, appraisal=row, text=words, made_on=clock.today(), made_by=by
        )
        audit.record(by, "考核申诉", row)
        telling.tell_appealed(row, by=by)
    return made


def decide(asked: Appeal, result: str, answer: str, *, by: Any) -> Appeal:
    """Somebody who did not settle the grade decides. Upheld: it leaves the notice and is settled again."""
    words = answer.strip()
    with atomically():
        row = locked(asked.appraisal)
        made = Appeal.objects.select_for_update(of=("self",)).get(pk=asked.pk)
        if result not in AppealResult.values:
            raise Refused("请选处理结果")
        key = "uphold" if result == AppealResult.UPHELD else "dismiss"
        insist(by, row, STEPS[key].action)
        if made.result:
            raise Refused("这份申诉已经处理了")
        insist_step(key, row, by)
        if not words:
            raise WordsNeeded("没有处理：请写给教师的答复")
        if len(words) > 500:
            raise WordsNeeded(f"答复最多 500 个字，现在有 {len(words)} 个")
        made.result, made.answer, made.decided_on, made.decided_by = result, words, clock.today(), by
        made.save(update_fields=["result", "answer", "decided_on", "decided_by"])
        if key == "uphold":
            row.state, row.grade, row.grade_reason, row.notice = AppraisalState.SUBMITTED, "", "", None
            row.save(update_fields=["state", "grade", "grade_reason", "notice"])
        audit.record(by, "处理考核申诉", row, after={"处理结果": made.get_result_display()})
        telling.tell_decided(row, made, by=by)
    return made


def make_final(
    notice: AppraisalNotice, *, by: Any, today: dt.date | None = None, document: str = ""
) -> list[Appraisal]:
    """The notice is over, nothing is open: the grades stand. From now on nothing of them changes."""
    day = today or clock.today()
    with atomically():
        rows = locked_all(list(Appraisal.objects.filter(notice=notice).values_list("pk", flat=True)))
        held = AppraisalNotice.objects.select_for_update(of=("self",)).get(pk=notice.pk)
        insist_for_county(by, held.county_id, STEPS["finish"].action)
        if held.closed_on:
            raise Refused("这次公示已经办结")
        if day <= held.last_day:
            raise Refused(f"公示到{told(held.last_day)}，结束以后才能确定")
        if Appeal.objects.filter(appraisal__in=[row.pk for row in rows], result="").exists():
            raise Refused("还有申诉没有处理，处理以后才能确定")
        for row in rows:
            insist_state("finish", row)
        words = document.strip() or held.document
        Appraisal.objects.filter(pk__in=[row.pk for row in rows]).update(
            state=AppraisalState.FINAL, final_on=day, document=words
        )
        for row in rows:
            row.state, row.final_on, row.document = AppraisalState.FINAL, day, words
        held.closed_on = day
        held.save(update_fields=["closed_on"])
        number = Counter(row.get_grade_display() for row in rows)
        audit.record(by, "确定考核结果", held, after={"文号": words, **number})
        telling.tell_final(rows, by=by)
    return rows
