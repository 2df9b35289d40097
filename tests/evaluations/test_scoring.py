"""Scoring: bounds, monotony, caps and floors for whatever is typed; real rubrics worked out by hand."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.choices import Grade, ItemKind
from evaluations.scoring import (
    Item,
    Scored,
    Threshold,
    check_rubric,
    check_thresholds,
    fitting,
    holes,
    propose,
    quota,
    score_item,
    total,
    vetoes,
)

D = Decimal


def levels(name, *pairs):
    rule = {"levels": [{"name": label, "points": points} for label, points in pairs]}
    return Item(name, ItemKind.LEVEL, D(max(D(points) for _, points in pairs)), rule)


def per(name, kind, maximum, *lines, floor="0"):
    rule = {"per": [{"name": label, "unit": unit, "points": points} for label, unit, points in lines], "floor": floor}
    return Item(name, kind, D(maximum), rule)


def bands(name, maximum, *rows, unit="天"):
    rule = {"unit": unit, "bands": [{"from": low, "to": high, "points": points} for low, high, points in rows]}
    return Item(name, ItemKind.BANDS, D(maximum), rule)


ABSENCE = per(
    "勤", ItemKind.DEDUCTION, "20",
    ("事假", "天", "1"), ("病假", "天", "0.2"), ("旷工", "天", "5"), ("迟到", "次", "0.2"), ("早退", "次", "0.2"),
)  # fmt: skip
LEAVE = bands("出勤", "20", ("0", "5", "20"), ("6", "10", "15"), ("15", "27", "10"), ("31", None, "0"))
LOAD = Item("工作量", ItemKind.RATIO, D(10))
RATED = Item(
    "满意度测评", ItemKind.RATING, D(10),
    {"groups": [
        {"name": name, "options": [{"name": "满意", "points": "5"}, {"name": "基本满意", "points": "4"}, {"name": "不满意", "points": "0"}]}
        for name in ("学校领导", "教师和学生")
    ]},
)  # fmt: skip
MEAN = Item("学生测评", ItemKind.RATING, D(15), {"scale": "100"})
EXTRA = per("加分", ItemKind.BONUS, "5", ("县级公开课", "节", "2"), ("论文", "篇", "1"))
VIRTUE = levels("德", ("优秀", "10"), ("合格", "8"), ("基本合格", "6"), ("不合格", "0"))
VETO = Item("师德失范", ItemKind.VETO, D(0))
LINES = (
    Threshold(Grade.EXCELLENT, D(90), D(120)), Threshold(Grade.QUALIFIED, D(75), D("89.99")),
    Threshold(Grade.BASIC, D(60), D("74.99")), Threshold(Grade.FAILED, D(0), D("59.99")),
)  # fmt: skip

number = st.decimals(min_value=0, max_value=400, places=1)
absences = st.fixed_dictionaries({line["name"]: number for line in ABSENCE.counts})
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8), lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["given", "reason", "own", "average", "事假", "学校领导", "满意", "x"]), inner, max_size=4), max_leaves=8,
)  # fmt: skip


@given(st.sampled_from([ABSENCE, LEAVE, LOAD, RATED, MEAN, EXTRA, VIRTUE, VETO]), anything)
def test_whatever_is_typed_the_score_is_between_nothing_and_the_full_mark_or_a_sentence_says_why_not(item, value):
    scored = score_item(item, value)
    if scored.score is None:
        assert scored.problem and item.name in scored.problem
    else:
        assert 0 <= scored.score <= item.maximum
        assert scored.score == scored.score.quantize(D("0.01"))


@given(absences, st.sampled_from([line["name"] for line in ABSENCE.counts]), number)
def test_more_absence_never_raises_the_score_and_never_goes_below_the_floor(value, name, more):
    before = score_item(ABSENCE, value).score
    after = score_item(ABSENCE, value | {name: value[name] + more}).score
    assert D(0) <= after <= before <= ABSENCE.maximum


@given(st.dictionaries(st.sampled_from(["县级公开课", "论文"]), number, min_size=2), number)
def test_more_of_what_brings_a_bonus_never_lowers_it_and_never_goes_over_the_cap(value, more):
    before = score_item(EXTRA, value).score
    after = score_item(EXTRA, value | {"论文": value["论文"] + more}).score
    assert before <= after <= EXTRA.maximum


@given(number, number, st.decimals(min_value="0.1", max_value=60, places=1))
def test_a_greater_load_never_lowers_the_score_and_the_average_brings_the_full_mark(own, more, average):
    before = score_item(LOAD, {"own": own, "average": average}).score
    assert before <= score_item(LOAD, {"own": own + more, "average": average}).score <= LOAD.maximum
    assert score_item(LOAD, {"own": average, "average": average}).score == LOAD.maximum


@given(st.integers(0, 30), st.integers(0, 30), st.integers(1, 30))
def test_one_more_who_is_pleased_never_lowers_the_mean(pleased, fairly, not_pleased):
    others = {"教师和学生": {"满意": 1}}
    counts = {"满意": pleased, "基本满意": fairly, "不满意": not_pleased}
    before = score_item(RATED, others | {"学校领导": counts}).score
    after = score_item(RATED, others | {"学校领导": counts | {"满意": pleased + 1}}).score
    assert before <= after <= RATED.maximum


@given(st.decimals(min_value=0, max_value=120, places=2))
def test_every_total_has_exactly_one_grade_where_the_list_has_no_hole(points):
    assert check_thresholds(LINES, D(120)) == []
    found = [line for line in LINES if line.lowest <= points <= line.highest]
    assert len(found) == 1
    assert propose(points, LINES).grade == found[0].grade


@given(st.integers(0, 5000), st.decimals(min_value=0, max_value=100, places=1))
def test_the_quota_is_rounded_down_and_one_more_would_be_too_many(people, percent):
    allowed = quota(people, percent)
    assert allowed * 100 <= people * percent < (allowed + 1) * 100


def test_of_nineteen_a_fifth_is_three():
    assert quota(19, D(20)) == 3  # 3.8
    assert quota(4, D(20)) == 0
    assert quota(4, None) is None


def test_the_rubric_of_lanxian_worked_out_by_hand():
    """满意度 10, 工作量 10, 出勤 20, 常规 20, 质量 30: what of it can be seen is 90 points."""
    routine = per("常规教学", ItemKind.DEDUCTION, "20", ("检查不合格", "次", "1"))
    quality = levels("教学质量", ("优", "30"), ("良", "24"), ("合格", "18"), ("不合格", "0"))
    lines = [
        # leaders (2×5 + 1×4) ÷ 3 = 4.6667; teachers and pupils (30×5 + 8×4 + 2×0) ÷ 40 = 4.55; together 9.2167
        score_item(
            RATED, {"学校领导": {"满意": 2, "基本满意": 1}, "教师和学生": {"满意": 30, "基本满意": 8, "不满意": 2}}
        ),
        score_item(LOAD, {"own": 13, "average": 14}),  # 13 ÷ 14 × 10 = 9.2857
        score_item(LEAVE, "7"),  # 6 to 10 working days: 15
        score_item(routine, {"检查不合格": 3}),  # 20 − 3 = 17
        score_item(quality, "良"),  # 24
    ]
    assert [line.score for line in lines] == [D("9.22"), D("9.29"), D(15), D(17), D(24)]
    assert total(lines) == D("74.51")


@pytest.mark.parametrize("days", ["5.5", "11", "14", "28", "30"])
def test_a_day_that_the_text_of_lanxian_does_not_cover_is_shown_to_a_person(days):
    scored = score_item(LEAVE, days)
    assert scored.score is None
    assert f"{days} 天不在办法写明的任何一段里" in scored.problem
    decided = score_item(LEAVE, {"value": days, "given": "15", "reason": "局里批准的病假"})
    assert (decided.score, decided.words) == (D(15), "人工定分：局里批准的病假")
    assert score_item(LEAVE, {"value": days, "given": "15", "reason": " "}).score is None
    assert score_item(LEAVE, {"value": days, "given": "21", "reason": "写错"}).score is None


def test_the_holes_of_bands_are_told():
    assert holes(LEAVE) == ["大于 5、小于 6 天", "大于 10、小于 15 天", "大于 27、小于 31 天"]


def test_the_rubric_of_luonan_worked_out_by_hand():
    """德 10, 勤 20 and 绩 (1) 10 of it can be seen whole."""
    reports = per("绩：学术汇报和示范课", ItemKind.DEDUCTION, "10", ("缺少", "次", "5"))
    lines = [
        score_item(VIRTUE, "合格"),  # 8
        # 3×1 + 4×0.2 + 1×5 + 2×0.2 + 1×0.2 = 9.4; 20 − 9.4 = 10.6
        score_item(ABSENCE, {"事假": 3, "病假": 4, "旷工": 1, "迟到": 2, "早退": 1}),
        score_item(reports, {"缺少": 1}),  # 1 report + 2 lessons asked, one missing: 10 − 5 = 5
    ]
    assert [line.score for line in lines] == [D(8), D("10.6"), D(5)]
    assert total(lines) == D("23.6")
    assert score_item(ABSENCE, {"事假": 0, "病假": 0, "旷工": 5, "迟到": 0, "早退": 0}).score == 0  # 25 off 20
    assert lines[1].words == "事假 3 天、病假 4 天、旷工 1 天、迟到 2 次、早退 1 次，扣 9.4 分"


def test_a_total_waits_for_every_line_and_a_veto_goes_before_the_total():
    assert total([Scored(D(90)), Scored(None, problem="还没有填")]) is None
    assert propose(None, LINES).grade == ""
    against = vetoes([VIRTUE, VETO], ["优秀", "有偿补课"])
    assert against == ["师德失范：有偿补课"]
    assert propose(D(99), LINES, against).grade == Grade.FAILED
    assert vetoes([VIRTUE, VETO], ["优秀", ""]) == []


def test_weights_that_do_not_add_up_are_told_with_how_much_is_missing():
    items = [VIRTUE, ABSENCE, EXTRA, VETO]
    assert check_rubric(items, LINES) == ["各项满分合计 30 分，应是 100 分（加分项、一票否决不算），还差 70 分"]
    rest = Item("能、绩、廉", ItemKind.RATING, D(80), {"scale": "100"})
    assert check_rubric([*items, rest], LINES)[0].endswith("多出 10 分")
    fits = Item("能、绩、廉", ItemKind.RATING, D(70), {"scale": "100"})
    assert check_rubric([*items, fits], LINES) == []


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([("excellent", 90, 100), ("qualified", 60, "89.99"), ("failed", 0, 60)], "“不合格”和“合格”都包括 60 分"),
        (
            [("excellent", 90, 100), ("qualified", 60, 89), ("failed", 0, "59.99")],
            "“合格”和“优秀”之间，89 到 90 分之间没有等次",
        ),
        ([("excellent", 90, 100), ("failed", 10, "89.99")], "0 到 10 分（不含）没有等次"),
        ([("excellent", 90, 95), ("failed", 0, "89.99")], "95 分以上没有等次，满分是 100 分"),
        ([("failed", 90, 100), ("excellent", 0, "89.99")], "分数高的等次反而低"),
        ([], "还没有等次分数线"),
    ],
)
def test_a_list_of_thresholds_with_a_hole_an_overlap_or_a_wrong_order_is_told_with_the_place(lines, told):
    found = check_thresholds([Threshold(grade, D(str(low)), D(str(high))) for grade, low, high in lines])
    assert any(told in words for words in found), found


@pytest.mark.parametrize(
    ("item", "told"),
    [
        (levels("德", ("优", "5")), "至少要有两档"),
        (Item("德", ItemKind.LEVEL, D(5), {"levels": [{"name": "优", "points": "6"}, {"name": "差", "points": "0"}]}), "超过满分 5"),
        (Item("德", ItemKind.LEVEL, D(5), {"levels": [{"name": "优", "points": "5"}, {"name": "优", "points": "0"}]}), "写了两次"),
        (per("勤", ItemKind.DEDUCTION, "5"), "还没有写按什么计分"),
        (per("勤", ItemKind.DEDUCTION, "5", ("事假", "天", "0")), "事假每天的分数是 0"),
        (bands("勤", "5", ("0", "5", "5"), ("5", None, "0")), "两段重叠"),
        (bands("勤", "5"), "还没有写各段的分数"),
        (Item("评", ItemKind.RATING, D(5)), "还没有写怎样计分"),
        (Item("评", ItemKind.RATING, D(7), RATED.rule), "最高分合计 10 分，和满分 7 不一致"),
        (Item("否决", ItemKind.VETO, D(5)), "满分应是 0"),
        (Item("能", ItemKind.RATIO, D(0)), "满分是 0"),
    ],
)  # fmt: skip
def test_an_item_that_cannot_be_scored_is_told_with_its_name(item, told):
    (words, *_) = check_rubric([item], LINES)
    assert words.startswith(f"“{item.name}”") and told in words


def test_of_what_is_known_an_item_takes_only_what_it_asks_for():
    known = {"事假": "1", "病假": "0", "旷工": "0", "迟到": "0", "早退": "0", "产假": "30"}
    assert score_item(ABSENCE, fitting(ABSENCE, known)).score == D(19)
    assert fitting(LEAVE, "7") == "7"
