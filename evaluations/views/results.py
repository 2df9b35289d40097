"""The results of a questionnaire, on its page."""

from __future__ import annotations

from collections.abc import Iterator

from assignments.access import has_on
from assignments.views.reading import Reading, adds_to
from evaluations import results
from evaluations.models import AnswerText, Questionnaire
from zhijiao.detail import Col, Note, Section


@adds_to(Questionnaire)
def results_of_questionnaire(reading: Reading, questionnaire: Questionnaire) -> Iterator[Section]:
    """Once it is closed, for whom the access table lets."""
    if questionnaire.state not in results.CLOSED or not has_on(
        reading.user, "questionnaire.result_aggregate", questionnaire
    ):
        return
    valid = results.valid_of(questionnaire)
    if why := results.why_hidden(questionnaire, valid):
        yield Section("results", "结果", [Note(f"{why}。")])
        return
    found = results.results_of(questionnaire)
    rate = results.rate_of(found, valid)
    told = f"有效 {valid} 份" + (f"，满意率 {rate}%" if rate is not None else "")
    table = reading.tell.table(
        found,
        Col(lambda row: f"{row.question.number}. {row.question.text}", "题目"),
        Col(lambda row: row.told(), "各选项份数"),
        Col(lambda row: "" if row.mean is None else str(row.mean), "平均分", css="r nw"),
        foot="满意率 =（满意 + 基本满意）÷ 有效份数" if rate is not None else "",
    )
    texts = AnswerText.objects.filter(questionnaire=questionnaire).count()
    words = Note(f"另有文字意见 {texts} 条，没有审核的不公开。") if texts else Note("")
    yield Section("results", "结果", [table, words], told)
