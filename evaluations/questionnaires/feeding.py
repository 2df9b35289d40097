"""What came of the questionnaires of an inspection, as its 问卷统计: written when one closes, by hand only with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction

from assignments.access import insist
from evaluations import results
from evaluations.choices import PUBLISHED_STATES, Opinion, RespondentKind
from evaluations.models import Questionnaire, QuestionnaireCount
from evaluations.questionnaires import closing
from evaluations.results import Summary
from evaluations.suppression import sum_is_shown
from zhijiao.accounts import audit
from zhijiao.refusals import Refused

FIELDS = ("issued", "returned", "valid", "satisfied", "fairly_satisfied", "dissatisfied")


@dataclass(frozen=True)
class Totals:
    """All closed questionnaires of one inspection to one kind of people. What they said: only if none of them is small."""

    issued: int
    returned: int
    valid: int
    satisfied: int | None = None
    fairly_satisfied: int | None = None
    dissatisfied: int | None = None

    def told(self) -> str:
        """发 45，收 44，有效 43，满意 40，基本满意 2，不满意 1."""
        return told(self)


def told(row: Any) -> str:
    """The numbers that are known of a 问卷统计, in words."""
    words = (("发", "issued"), ("收", "returned"), ("有效", "valid"), ("满意", "satisfied"), ("基本满意", "fairly_satisfied"), ("不满意", "dissatisfied"))  # fmt: skip
    return "，".join(f"{word} {getattr(row, name)}" for word, name in words if getattr(row, name) is not None)


def totals(inspection_id: int, respondents: str, *, without: int = 0) -> Totals | None:
    """None: none is closed."""
    rows = Questionnaire.objects.filter(inspection=inspection_id, question_set__respondents=respondents)
    return together(results.summaries(rows.exclude(pk=without).values("pk")))


def together(known: Sequence[Summary]) -> Totals | None:
    """Several questionnaires to the same kind of people as one sum."""
    if not known:
        return None
    answered = [one for one in known if one.valid]
    opinions: dict[str, int | None] = dict.fromkeys(FIELDS[3:])
    if all(one.opinions is not None for one in answered) and sum_is_shown(one.valid for one in answered):
        for name, opinion in zip(FIELDS[3:], Opinion.values, strict=True):
            opinions[name] = sum((one.opinions or {}).get(opinion, 0) for one in answered)
    return Totals(
        sum(one.issued for one in known), sum(one.returned for one in known), sum(one.valid for one in known), **opinions
    )  # fmt: skip


def feed(questionnaire: Questionnaire) -> None:
    """Called when one closes. What somebody typed, and what the inspected school has read already, stays as it is."""
    if questionnaire.inspection_id is None:
        return
    respondents = questionnaire.question_set.respondents
    now = totals(questionnaire.inspection_id, respondents)
    row = _locked(questionnaire)
    if now is None or not may_be_fed(questionnaire, row):
        return
    _write(questionnaire, row, now)


def may_be_fed(questionnaire: Questionnaire, row: QuestionnaireCount | None) -> bool:
    """Whether the numbers are those of the questionnaires that closed before, and the school does not know them."""
    inspection: Any = questionnaire.inspection
    if inspection.state in PUBLISHED_STATES:
        return False
    before = totals(inspection.pk, questionnaire.question_set.respondents, without=int(questionnaire.pk))
    return row is None or (before is not None and _is(row, before))


def differs(questionnaire: Questionnaire) -> tuple[Totals, QuestionnaireCount | None] | None:
    """What the questionnaires say, and what stands in the inspection instead; None where there is nothing to settle."""
    if questionnaire.inspection_id is None or questionnaire.state not in results.CLOSED:
        return None
    now = totals(questionnaire.inspection_id, questionnaire.question_set.respondents)
    row = QuestionnaireCount.objects.filter(
        inspection=questionnaire.inspection_id, respondents=questionnaire.question_set.respondents
    ).first()
    return None if now is None or (row is not None and _is(row, now)) else (now, row)


@transaction.atomic
def replace(questionnaire: Questionnaire, *, by: Any, reason: str) -> QuestionnaireCount:
    """Puts what the questionnaires say in the place of what somebody typed."""
    rows = Questionnaire.objects.select_for_update(of=("self",)).select_related("question_set", "inspection")
    row: Questionnaire = rows.get(pk=questionnaire.pk)
    insist(by, row, "questionnaire.issue_codes")
    if not reason.strip():
        raise Refused("没有替换：请写一句为什么，如 原来登记的是估计数")
    now = differs(row)
    if now is None:
        raise Refused("检查里的问卷统计就是问卷的数，不用替换")
    return _write(row, _locked(row), now[0], by=by, reason=reason.strip())


def _locked(questionnaire: Questionnaire) -> QuestionnaireCount | None:
    rows = QuestionnaireCount.objects.select_for_update(of=("self",)).filter(
        inspection=questionnaire.inspection_id, respondents=questionnaire.question_set.respondents
    )
    found: QuestionnaireCount | None = rows.first()
    return found


def _is(row: QuestionnaireCount, known: Totals) -> bool:
    return all(getattr(row, name) == value for name, value in asdict(known).items())


def _write(
    questionnaire: Questionnaire, row: QuestionnaireCount | None, now: Totals, *, by: Any = None, reason: str = ""
) -> QuestionnaireCount:
    respondents = questionnaire.question_set.respondents
    before = {"问卷统计": told(row)} if row else None
    row = row or QuestionnaireCount(
        county_id=questionnaire.county_id, inspection=questionnaire.inspection, respondents=respondents
    )
    for name, value in asdict(now).items():
        setattr(row, name, value)
    row.save()
    after = {"对象": RespondentKind(respondents).label, "问卷统计": now.told()}
    audit.record(
        by,
        "替换问卷统计" if reason else "计入问卷统计",
        questionnaire.inspection,
        before=before,
        after=after,
        reason=reason,
    )
    return row


def connect() -> None:
    """Called while Django starts."""
    closing.also_after_close(feed)
