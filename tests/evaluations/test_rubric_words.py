"""How an item is scored, written in plain words: what is read, what is told, what is asked back."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluations import ready_rubrics
from evaluations.choices import ItemKind
from evaluations.rubric_words import EXAMPLES, Unclear, lines_of, read, told

name = st.sampled_from(
    ["优秀", "一等（前10%）", "县级公开课", "每周例会", "事假", "不扣分的", "第2档", "甲", "5分以上的"]
)
points = st.decimals(0, 100, places=2).map(lambda number: f"{number.normalize():f}")
unit = st.sampled_from(["天", "次", "节"])
levels = st.lists(st.fixed_dictionaries({"name": name, "points": points}), min_size=1, max_size=6)
per = st.lists(st.fixed_dictionaries({"name": name, "unit": unit, "points": points}), min_size=1, max_size=6)
amount = st.integers(0, 400).map(str)
band = st.tuples(amount, amount, points).map(
    lambda row: {
        "from": min(row[0], row[1], key=int),
        "to": max(row[0], row[1], key=int),
        "points": row[2],
    }
)
above = st.tuples(amount, points).map(lambda row: {"from": row[0], "points": row[1]})
groups = st.lists(
    st.fixed_dictionaries(
        {"name": name, "options": st.lists(st.fixed_dictionaries({"name": name, "points": points}), min_size=2, max_size=4, unique_by=lambda one: one["name"])}
    ), min_size=1, max_size=3, unique_by=lambda one: one["name"],
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    st.one_of(
        st.tuples(st.just(ItemKind.LEVEL), levels.map(lambda rows: {"levels": rows})),
        st.tuples(st.sampled_from([ItemKind.DEDUCTION, ItemKind.BONUS]), per.map(lambda rows: {"per": rows})),
        st.tuples(st.just(ItemKind.BANDS), st.tuples(unit, st.lists(band | above, min_size=1, max_size=6)).map(lambda row: {"unit": row[0], "bands": row[1]})),
        st.tuples(st.just(ItemKind.RATING), groups.map(lambda rows: {"groups": rows})),
    )
)  # fmt: skip
def test_what_is_told_is_read_as_the_same_rule(kind_and_rule):
    kind, rule = kind_and_rule
    assert read(kind, told(kind, rule)) == rule


def test_the_rules_of_the_ready_made_rubrics_are_told_and_read():
    for rubric in ready_rubrics.RUBRICS:
        for item in rubric["items"]:
            assert read(item["kind"], told(item["kind"], item["rule"])) == item["rule"], item["name"]


@pytest.mark.parametrize(
    ("kind", "text", "rule"),
    [
        ("level", "优秀　１０分\n合格：8", {"levels": [{"name": "优秀", "points": "10"}, {"name": "合格", "points": "8"}]}),
        ("level", "一等（前10%） 9.5 分", {"levels": [{"name": "一等（前10%）", "points": "9.5"}]}),
        ("deduction", "事假每天扣1分\n旷课，每一节 扣 0.5 分\n\n最低 5 分", {"per": [{"name": "事假", "unit": "天", "points": "1"}, {"name": "旷课", "unit": "节", "points": "0.5"}], "floor": "5"}),
        ("bonus", "论文每篇加2分", {"per": [{"name": "论文", "unit": "篇", "points": "2"}]}),
        ("bands", "5天以内：20分\n6—10天 15分\n31天以上0分", {"unit": "天", "bands": [{"from": "0", "to": "5", "points": "20"}, {"from": "6", "to": "10", "points": "15"}, {"from": "31", "points": "0"}]}),
        ("bands", "0 天 10 分\n1 天到 2 天 5 分\n3 以上 0 分", {"unit": "天", "bands": [{"from": "0", "to": "0", "points": "10"}, {"from": "1", "to": "2", "points": "5"}, {"from": "3", "points": "0"}]}),
        ("rating", "百分制", {"scale": "100"}),
        ("rating", "满分 10 分", {"scale": "10"}),
        ("rating", "校领导:满意5,不满意0", {"groups": [{"name": "校领导", "options": [{"name": "满意", "points": "5"}, {"name": "不满意", "points": "0"}]}]}),
        ("ratio", " \n", {}),
        ("veto", "", {}),
    ],
)  # fmt: skip
def test_people_write_it_in_several_ways(kind, text, rule):
    assert read(kind, text) == rule


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        ("level", "优秀 10 分\n合格", "第 2 行“合格”看不出是几分"),
        ("level", "字" * 31 + " 10 分", "第 1 行的名称最多 30 个字"),
        ("deduction", "事假 1 分", "第 1 行“事假 1 分”看不懂，请写成 事假每天扣 1 分"),
        ("bands", "很多天 5 分", "第 1 行“很多天 5 分”看不懂"),
        ("bands", "10 到 6 天 5 分", "6 比 10 小"),
        ("bands", "0 到 5 天 5 分\n6 到 8 节 2 分", "单位不一样：天、节"),
        ("rating", "满意就行", "请写 百分制"),
        ("rating", "校领导：满意 5 分", "至少要有两个不同的选项"),
        ("rating", "甲：好 5、差 0\n甲：好 5、差 0", "同一类测评人"),
        ("ratio", "本人除以平均", "不用写怎样计分"),
        ("level", "\n".join(f"第{n}档 {n} 分" for n in range(21)), "最多 20 行"),
    ],
)
def test_what_cannot_be_read_is_asked_back_with_its_line(kind, text, words):
    with pytest.raises(Unclear, match=re.escape(words)):
        read(kind, text)


def test_every_kind_has_an_example_and_the_examples_can_be_read():
    assert set(EXAMPLES) == set(ItemKind)
    for kind in (ItemKind.LEVEL, ItemKind.DEDUCTION, ItemKind.BONUS, ItemKind.BANDS):
        assert lines_of(kind, read(kind, EXAMPLES[kind].partition("\n")[2]))
