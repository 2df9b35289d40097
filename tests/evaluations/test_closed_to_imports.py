"""An import leaves as it is what was settled, issued or counted through the steps; what only ever came by import it may put right."""

import pytest

from assignments.models import District
from evaluations.choices import AppraisalState, QuestionnaireState
from evaluations.models import (
    Appraisal,
    AppraisalVersion,
    BriefingPoint,
    Feedback,
    Finding,
    HomeVisit,
    Inspection,
    Questionnaire,
    QuestionnaireCount,
)
from tests.evaluations.questionnaires import question_set
from tests.workbook.build import sample_year, workbook
from zhijiao import clock
from zhijiao.workbook.importing import carry_out
from zhijiao.workbook.undo import UndoRefused, undo

pytestmark = pytest.mark.django_db


@pytest.fixture
def year(db):
    """The rows of a whole year, imported."""
    rows = sample_year()
    assert not carry_out(workbook(rows)).problems
    return rows


@pytest.fixture
def officer(year, person_of):
    return person_of(District.objects.get(level="county"))


@pytest.fixture
def person_of():
    from assignments.choices import Role
    from tests.conftest import person

    return lambda county: person("officer", "周专干", Role.OFFICER, district=county)


@pytest.fixture
def handed_in(officer):
    """The appraisal as it stands once it was settled here."""
    row = Appraisal.objects.get()
    day = clock.today()
    AppraisalVersion.objects.create(
        county=row.county, appraisal=row, number=1, content={}, submitted_by=officer, submitted_on=day
    )
    return row  # fmt: skip


@pytest.fixture
def told(year):
    """The inspection whose letter the school has."""
    Feedback.objects.update(letter={"意见": []})
    return Inspection.objects.get()


def imported(year, **changed):
    """What an import of the year says in which one row of a sheet is changed: sheet → header → value."""
    rows = {name: [dict(row) for row in some] for name, some in year.items()}
    for sheet, values in changed.items():
        rows[sheet][0] |= values
    return carry_out(workbook(rows))


def test_a_settled_appraisal_is_refused_with_its_place_and_stays(year, handed_in):
    plan = imported(year, 考核={"得分": 71, "考核等次": "合格"})
    (problem,) = plan.problems
    assert problem.place == "工作表“考核”第 2 行“得分”列"
    assert "已经公示、确定，导入不能改" in problem.message
    handed_in.refresh_from_db()
    assert (handed_in.score, handed_in.grade) != (71, "qualified")


def test_one_under_way_is_refused_too_and_told_where_it_goes_on(year):
    Appraisal.objects.update(state=AppraisalState.DRAFT)
    (problem,) = imported(year, 考核={"得分": 71}).problems
    assert "正在系统里办理（待评分）" in problem.message
    assert "请在考核页面办理" in problem.message


def test_no_line_is_added_to_a_settled_score(year, handed_in):
    year["考核得分"].append({**year["考核得分"][0], "考核项目": "加分", "得分": 5})
    (problem,) = carry_out(workbook(year)).problems
    assert problem.place == "工作表“考核得分”第 3 行"
    assert handed_in.scores.count() == 1


def test_what_says_the_same_is_no_change_and_comes_in(year, handed_in, told):
    plan = carry_out(workbook(year))
    assert plan.problems == []
    assert plan.changes_nothing


def test_what_only_came_by_import_may_be_put_right(year):
    plan = imported(year, 考核={"得分": 71}, 反馈意见={"整改情况": "已全部补写"}, 督导检查={"组长": "何志平"})
    assert plan.problems == []
    assert Appraisal.objects.get().score == 71
    assert Finding.objects.get().done == "已全部补写"


@pytest.mark.parametrize(
    ("sheet", "header", "value"),
    [
        ("督导检查", "检查结论", "一般"), ("督导检查", "反馈意见条数", 9), ("反馈意见", "整改情况", "没有补写"), ("走访记录", "意见", "没有意见"),
        ("座谈要点", "评价", "差"), ("资料检查", "抽查数量", 99), ("问卷统计", "满意", 1),
    ],
)  # fmt: skip
def test_of_an_inspection_whose_letter_was_issued_nothing_is_changed(year, told, sheet, header, value):
    (problem,) = imported(year, **{sheet: {header: value}}).problems
    assert problem.place == f"工作表“{sheet}”第 2 行“{header}”列"
    assert "反馈意见书已经印发，导入不能改它的记录" in problem.message


def test_and_nothing_is_added_to_it(year, told):
    for sheet, header, value in (
        ("座谈要点", "要点", "又一条"),
        ("走访记录", "走访编号", "77"),
        ("反馈意见", "内容", "又一条"),
    ):
        year[sheet].append({**year[sheet][0], header: value})
    problems = carry_out(workbook(year)).problems
    assert [problem.place for problem in problems] == [
        f"工作表“{name}”第 3 行" for name in ("座谈要点", "走访记录", "反馈意见")
    ]
    assert (BriefingPoint.objects.count(), HomeVisit.objects.count(), Finding.objects.count()) == (1, 1, 1)


def test_counts_of_questionnaires_answered_here_are_not_typed_over(year, officer):
    inspection, count = Inspection.objects.get(), QuestionnaireCount.objects.get()
    Questionnaire.objects.create(
        county=inspection.county, question_set=question_set("pupils"), school=inspection.school, inspection=inspection,
        school_year=inspection.school_year, opens_at=clock.now(), closes_at=clock.now(), opened_by=officer,
        state=QuestionnaireState.CLOSED,
    )  # fmt: skip
    (problem,) = imported(year, 问卷统计={"满意": 12}).problems
    assert problem.place == "工作表“问卷统计”第 2 行“满意”列"
    assert "由系统统计" in problem.message
    count.refresh_from_db()
    assert count.satisfied == 70
    year["问卷统计"].append({**year["问卷统计"][0], "问卷对象": "家长"})  # of others nobody was asked here
    assert carry_out(workbook(year)).problems == []


def test_an_import_is_not_taken_back_over_a_letter_issued_since(year):
    run = imported(year, 反馈意见={"整改情况": "没有补写"}).run
    Feedback.objects.update(letter={"意见": []})
    with pytest.raises(UndoRefused, match="反馈意见书已经印发"):
        undo(run)
    assert Finding.objects.get().done == "没有补写"


def test_what_is_closed_is_found_in_as_many_questions_for_one_row_as_for_thirty(year, told, django_assert_num_queries):
    from zhijiao import guard

    first = BriefingPoint.objects.get()
    more = [
        BriefingPoint(county=first.county, inspection=first.inspection, speaker=f"{n} 号", text="好") for n in range(30)
    ]
    BriefingPoint.objects.bulk_create(more)
    with django_assert_num_queries(3):  # the letters, and twice whether the year is closed
        assert len(guard.closed_rows([first])) == 1
    rows = list(BriefingPoint.objects.select_related("inspection"))
    with django_assert_num_queries(3):
        assert len(guard.closed_rows(rows)) == 31


def test_a_change_in_a_closed_year_is_refused_with_its_place_and_so_is_taking_one_back(year, officer):
    from assignments.models import SchoolYear, YearClosing

    run = imported(year, 支教派遣={"任教学科": "物理"}).run
    county = Inspection.objects.get().county
    YearClosing.objects.create(
        county=county, school_year=SchoolYear.objects.named("2023-2024"), closed_on=clock.today(), closed_by=officer
    )
    problems = imported(year, 支教派遣={"任教学科": "化学"}, 座谈要点={"评价": "差"}).problems
    assert [one.place for one in problems] == ["工作表“支教派遣”第 2 行“任教学科”列", "工作表“座谈要点”第 2 行“评价”列"]
    assert all("已结转" in one.message for one in problems)
    with pytest.raises(UndoRefused, match="已结转"):
        undo(run)
