"""考核办法: ready-made ones, a county's own, drafts, versions, and what a rubric in use refuses."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from assignments.choices import Role
from evaluations import rubrics
from evaluations.choices import Grade, ItemKind
from evaluations.facts import FACTS, why_not_fitting
from evaluations.models import GradeThreshold, Rubric, RubricItem
from evaluations.scoring import Item, Threshold
from tests.conftest import person
from tests.evaluations.rubrics import ready
from zhijiao.accounts.models import AuditEntry
from zhijiao.refusals import Refused, atomically

D = Decimal


@pytest.fixture
def own(county, officer):
    return rubrics.copy(ready(), county=county, by=officer)


def test_a_plain_rubric_is_ready_and_can_be_used_at_once(officer):
    plain = ready("plain")
    assert rubrics.problems_of(rubrics.content_of(plain)) == []
    assert [item.name for item in rubrics.items_of(plain)][:3] == ["师德师风", "教育教学能力", "出勤"]
    assert plain in rubrics.usable(officer)


def test_the_ready_made_after_published_ones_tell_what_is_not_known_of_them(officer):
    known = {key: rubrics.content_of(ready(key)) for key in ("exchange-100", "regular-80-20")}
    first, second = (rubrics.problems_of(content) for content in known.values())
    assert "各项满分合计 90 分，应是 100 分（加分项、一票否决不算），还差 10 分" in first
    assert "还没有等次分数线" in first and "还没有等次分数线" in second
    assert "“教学能力”：至少要有两档" in second
    assert any(words.startswith("“测评”：还没有写怎样计分") for words in second)
    (hole,) = rubrics.gaps_of(known["exchange-100"])
    assert hole.startswith("“出勤”没有写大于 5、小于 6 天；大于 10、小于 15 天")
    assert [row.key for row in rubrics.usable(officer)] == ["plain"]
    with pytest.raises(Refused, match="还差 10 分"):
        rubrics.freeze(ready("exchange-100"), by=officer)


def test_a_county_copies_one_and_changes_it(county, officer, own):
    assert (own.county, own.key, own.version) == (county, "plain", 1)
    content = rubrics.content_of(own)
    assert content == rubrics.content_of(ready())
    items = (replace(content.items[0], name="思想品德"), *content.items[1:])
    changed = rubrics.rewrite(own, replace(content, items=items, quota_percent=D(15)), by=officer)
    assert changed.pk == own.pk
    assert rubrics.content_of(Rubric.objects.get(pk=own.pk)).items == items
    assert ready().items.filter(name="思想品德").count() == 0
    assert list(AuditEntry.objects.order_by("id").values_list("verb", flat=True))[-2:] == [
        "复制考核办法",
        "修改考核办法",
    ]


def test_the_next_copy_of_the_same_is_its_next_version(county, officer, own):
    assert rubrics.copy(ready(), county=county, by=officer).version == 2


def test_an_empty_one_is_made_and_finished_bit_by_bit(county, officer):
    empty = rubrics.create("青岚县考核办法", county=county, by=officer)
    half = rubrics.Content("青岚县考核办法", (Item("教学", ItemKind.RATING, D(60), {"scale": "100"}),))
    rubrics.rewrite(empty, half, by=officer, as_draft=True)
    assert "还差 40 分" in rubrics.why_not_used(empty)
    assert empty not in rubrics.usable(officer)
    with pytest.raises(Refused, match="还差 40 分"):
        rubrics.rewrite(empty, half, by=officer)
    lines = (Threshold(Grade.QUALIFIED, D(60), D(100)), Threshold(Grade.FAILED, D(0), D("59.99")))
    whole = replace(half, items=(replace(half.items[0], maximum=D(100)),), thresholds=lines)
    assert rubrics.rewrite(empty, whole, by=officer) in rubrics.usable(officer)
    assert rubrics.create("又一个", county=county, by=officer).key == "own-2"
    with pytest.raises(Refused, match="名称"):
        rubrics.create("  ", county=county, by=officer)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda one: replace(one, items=(*one.items, one.items[0])), "第 10 项“师德师风”和前面的项目同名"),
        (lambda one: replace(one, items=one.items[1:]), "还差 20 分"),
        (lambda one: replace(one, thresholds=one.thresholds[1:]), "89.99 分以上没有等次"),
        (lambda one: replace(one, thresholds=(*one.thresholds, one.thresholds[0])), "“优秀”有两条分数线"),
        (lambda one: replace(one, thresholds=(Threshold(Grade.FAILED, D(60), D(0)),)), "“不合格”的分数线：从 60 到 0"),
        (lambda one: replace(one, items=(replace(one.items[0], fact="attendance"), *one.items[1:])), "“师德师风”：“考勤"),
        (lambda one: replace(one, items=one.items * 4), "最多 30 个"),
    ],
)  # fmt: skip
def test_what_contradicts_itself_is_refused_with_the_place(own, officer, change, told):
    before = rubrics.content_of(own)
    with pytest.raises(Refused) as refused:
        rubrics.rewrite(own, change(before), by=officer)
    assert told in str(refused.value)
    assert rubrics.content_of(Rubric.objects.get(pk=own.pk)) == before


def test_one_in_use_stays_and_a_change_makes_the_next_version(own, officer):
    rubrics.freeze(own, by=officer)
    assert rubrics.freeze(own, by=officer).is_frozen, "once more does no harm"
    assert AuditEntry.objects.filter(verb="启用考核办法").count() == 1
    before = rubrics.content_of(own)
    new = rubrics.rewrite(own, replace(before, name="新办法"), by=officer)
    own.refresh_from_db()
    assert (new.version, new.key, new.is_frozen) == (2, own.key, False)
    assert own.is_retired and rubrics.content_of(own) == before
    assert list(rubrics.versions_of(new)) == [own]
    with pytest.raises(Refused, match="停用"):
        rubrics.rewrite(own, before, by=officer)
    with pytest.raises(Refused, match="停用"):
        rubrics.freeze(own, by=officer)


def test_half_of_a_new_version_of_one_in_use_is_not_kept(own, officer):
    rubrics.freeze(own, by=officer)
    with pytest.raises(Refused, match="还差 20 分"):
        content = rubrics.content_of(own)
        rubrics.rewrite(own, replace(content, items=content.items[1:]), by=officer, as_draft=True)


def test_the_database_itself_refuses_to_change_one_in_use(own, officer):
    rubrics.freeze(own, by=officer)
    line = GradeThreshold.objects.filter(rubric=own).first()
    attempts = [
        lambda: Rubric.objects.filter(pk=own.pk).update(quota_percent=100),
        lambda: Rubric.objects.filter(pk=own.pk).update(is_frozen=False),
        lambda: Rubric.objects.filter(pk=own.pk)._raw_delete(using="default"),
        lambda: own.items.filter(name="出勤").update(maximum=5),
        lambda: RubricItem.objects.filter(rubric=own)._raw_delete(using="default"),
        lambda: RubricItem.objects.create(county=own.county, rubric=own, number=99, name="又一项", kind="veto", maximum=0),
        lambda: RubricItem.objects.filter(rubric=ready()).update(rubric=own),
        lambda: GradeThreshold.objects.filter(pk=line.pk).update(lowest=0),
        lambda: line.delete(),
    ]  # fmt: skip
    for attempt in attempts:
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()
    with pytest.raises(Refused, match="已经用于考核，不能再改"), atomically():
        own.items.update(maximum=1)
    assert rubrics.content_of(Rubric.objects.get(pk=own.pk)) == rubrics.content_of(ready())
    assert connection.vendor in ("sqlite", "postgresql")


def test_a_retired_one_is_offered_no_more_and_not_retired_twice(own, officer):
    rubrics.retire(own, by=officer)
    assert own not in rubrics.usable(officer)
    with pytest.raises(Refused, match="已经停用"):
        rubrics.retire(own, by=officer)


@pytest.mark.parametrize("who", ["principal", "leader", "outsider", "teacher_user"])
def test_only_the_bureau_writes_its_rubrics(request, county, own, who):
    user = person("juzhang", "局长", Role.LEADER, district=county) if who == "leader" else request.getfixturevalue(who)
    for attempt in (
        lambda: rubrics.rewrite(own, rubrics.content_of(own), by=user),
        lambda: rubrics.retire(own, by=user),
        lambda: rubrics.copy(ready(), county=county, by=user),
        lambda: rubrics.create("办法", county=county, by=user),
    ):
        with pytest.raises(Refused, match="教育局"):
            attempt()


def test_nobody_changes_a_ready_made_one(officer):
    with pytest.raises(Refused, match="先复制一份"):
        rubrics.rewrite(ready(), rubrics.content_of(ready()), by=officer)


@pytest.mark.parametrize(
    ("item", "told"),
    [
        (Item("勤", ItemKind.LEVEL, D(5), fact="attendance"), "不能用在“选等级”里"),
        (Item("勤", ItemKind.BANDS, D(5), fact="moon"), "系统里没有“moon”"),
        (Item("评", ItemKind.RATING, D(5), {"scale": "5"}, fact="satisfaction"), "计分应写 百分制"),
        (Item("评", ItemKind.RATING, D(5), {"scale": "5"}, fact="opinions"), "各类测评人"),
        (Item("勤", ItemKind.DEDUCTION, D(5), {"per": [{"name": "脱岗", "points": "1"}]}, fact="attendance"), "里没有脱岗"),
    ],
)  # fmt: skip
def test_a_fact_that_does_not_fit_is_told(item, told):
    assert told in why_not_fitting(item)
    assert not why_not_fitting(replace(item, fact=""))
    assert all(fact.key == key and fact.label for key, fact in FACTS.items())
