"""Forms of 考核办法: its name and quota, its items in plain words, its grades; and the values of a line, for trying it out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet

from assignments.choices import SERVING_STATES
from assignments.forms.records import words
from assignments.models import District, Secondment
from evaluations import rubric_words, rubrics
from evaluations.choices import Grade, ItemKind, QuotaGroup
from evaluations.facts import FACTS, TAKEN_BY, Known
from evaluations.rubrics import Content
from evaluations.scoring import Item, Scored, Threshold, fitting, score_item

KINDS = [("", "请选择"), *ItemKind.choices]


def _points(label: str, highest: int, **options: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, min_value=0, max_value=highest, max_digits=5, decimal_places=2, required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={
            "invalid": f"{label}要写数字", "min_value": f"{label}不能小于 0", "max_value": f"{label}最多 {highest}",
            "max_decimal_places": f"{label}最多两位小数", "max_digits": f"{label}最多 {highest}", "max_whole_digits": f"{label}最多 {highest}",
        }, **options,
    )  # fmt: skip


class NewRubricForm(forms.Form):
    """An empty one, in one's county."""

    name = words("名称", 80, "请写考核办法的名称", help_text="如 2026-2027 学年支教教师期满考核办法")
    county: Any = forms.ModelChoiceField(
        label="哪个县", queryset=District.objects.none(), error_messages={"required": "请选哪个县"}
    )

    def __init__(self, *args: Any, counties: Sequence[Any], **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["county"]
        field.queryset = District.objects.filter(pk__in=[one.pk for one in counties])
        if len(counties) == 1:
            field.initial, field.widget = counties[0].pk, forms.HiddenInput()


class RubricForm(forms.Form):
    """What stands around the items."""

    name = words("名称", 80, "请写考核办法的名称")
    basis = words("依据", 200, help_text="文件名称和文号")
    quota_percent = _points("优秀比例", 100, help_text="写百分数，如 20；名额向下取整，不限的空着")
    quota_group = forms.ChoiceField(label="优秀名额按什么算", choices=QuotaGroup.choices)
    remark = words("说明", 500, widget=forms.Textarea(attrs={"rows": 2}))

    def content(self, items: Any, thresholds: Any) -> Content:
        said = self.cleaned_data
        lines = sorted((form for form in items if form.item), key=lambda form: form.order)
        grades = tuple(form.threshold for form in thresholds if form.threshold)
        return Content(items=tuple(form.item for form in lines), thresholds=grades, **said)


class ItemForm(forms.Form):
    """One item; without a name it is left out."""

    place = forms.IntegerField(
        label="序号", min_value=1, max_value=99, required=False, widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={"invalid": "序号要写数字", "min_value": "序号从 1 起", "max_value": "序号最多 99"},
    )  # fmt: skip
    section = words("类别", 40, help_text="德、能、勤、绩、廉，可以空着")
    name = words("考核项目", 40)
    kind = forms.ChoiceField(label="计分方式", choices=KINDS, required=False)
    maximum = _points("满分", 100)
    how = forms.CharField(label="怎样计分", required=False, widget=forms.Textarea(attrs={"rows": 4}))
    fact = forms.ChoiceField(label="系统带入", required=False)
    words = words("评分标准", 500, widget=forms.Textarea(attrs={"rows": 2}), help_text="给评分的人看的话")

    item: Item | None = None

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        fields: Any = self.fields
        fields["fact"].choices = [("", "不带入，由人填"), *_facts()]
        fields["how"].help_text = rubric_words.EXAMPLES.get(str(self["kind"].value()), "先选计分方式")
        fields["how"].widget.attrs |= {f"data-how-{kind}": example for kind, example in rubric_words.EXAMPLES.items()}

    @property
    def order(self) -> int:
        return self.cleaned_data.get("place") or 99

    @property
    def heading(self) -> str:
        """出勤（20 分，按次扣分）, as it was when the page was opened."""
        known = self.initial
        return f"{known['name']}（{known['told']}）" if known.get("name") else "加一个项目"

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if not said.get("name"):
            if said.get("how") or said.get("maximum"):
                self.add_error("name", "请写考核项目的名称；不要这一项的，把满分和计分也清空")
            return said
        if not said.get("kind"):
            self.add_error("kind", "请选计分方式")
        if self.errors:
            return said
        if said["kind"] != ItemKind.VETO and said.get("maximum") is None:
            self.add_error("maximum", "请写满分")
            return said
        try:
            rule = rubric_words.read(said["kind"], said["how"])
        except rubric_words.Unclear as unclear:
            self.add_error("how", str(unclear))
            return said
        self.item = Item(
            said["name"],
            said["kind"],
            said.get("maximum") or Decimal(0),
            rule,
            said["section"],
            said["fact"],
            said["words"],
        )
        return said


def _facts() -> Iterator[tuple[str, str]]:
    for fact in FACTS.values():
        kinds = "、".join(kind.label for kind in TAKEN_BY[fact.shape])
        yield fact.key, f"{fact.label}——{kinds}"


class ThresholdForm(forms.Form):
    """From which total to which one grade goes; both empty: the rubric has no such grade."""

    grade = forms.ChoiceField(choices=Grade.choices, widget=forms.HiddenInput())
    lowest = _points("从", 120)
    highest = _points("到", 120)

    threshold: Threshold | None = None

    @property
    def label(self) -> str:
        return Grade(self.initial.get("grade") or self["grade"].value()).label

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        low, high = said.get("lowest"), said.get("highest")
        if not self.errors and (low is None) != (high is None):
            self.add_error("highest" if high is None else "lowest", "从几分到几分都要写")
        elif not self.errors and low is not None and high is not None:
            self.threshold = Threshold(said["grade"], low, high)
        return said


ItemFormSet = forms.formset_factory(ItemForm, extra=2, max_num=rubrics.MOST_ITEMS, absolute_max=60)
ThresholdFormSet = forms.formset_factory(ThresholdForm, extra=0, max_num=len(Grade), absolute_max=10)


def initial_items(content: Content) -> list[dict[str, Any]]:
    return [
        {
            "place": place, "section": item.section, "name": item.name, "kind": item.kind, "maximum": f"{item.maximum.normalize():f}",
            "how": rubric_words.told(item.kind, item.rule), "fact": item.fact, "words": item.words, "told": told_of(item),
        }
        for place, item in enumerate(content.items, 1)
    ]  # fmt: skip


def told_of(item: Item) -> str:
    """20 分，按次扣分."""
    kind = ItemKind(item.kind).label
    return kind if item.kind == ItemKind.VETO else f"{item.maximum.normalize():f} 分，{kind}"


def initial_thresholds(content: Content) -> list[dict[str, Any]]:
    """All grades, with what the rubric says of each."""
    known = {one.grade: one for one in content.thresholds}
    return [
        {"grade": grade.value}
        | (
            {"lowest": f"{known[grade].lowest.normalize():f}", "highest": f"{known[grade].highest.normalize():f}"}
            if grade in known
            else {}
        )
        for grade in Grade
    ]


# --- trying it out -------------------------------------------------------------------------------------------------------


class WhoForm(forms.Form):
    """Of whom the values are taken that the system knows."""

    secondment = forms.ModelChoiceField(
        label="用哪位支教教师的数据试算", queryset=Secondment.objects.none(), required=False, empty_label="不选，自己填"
    )

    def __init__(self, *args: Any, rows: QuerySet[Any], **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["secondment"]
        served = rows.filter(state__in=SERVING_STATES).select_related("teacher", "school_year", "programme")
        field.queryset = served.order_by("-start", "teacher__name", "pk")
        field.label_from_instance = lambda one: f"{one.teacher.name}（{one.school_year.title}，{one.programme}）"


@dataclass(frozen=True)
class Line:
    """One item as it is tried: its fields, what the system knows, and what comes out."""

    item: Item
    fields: list[Any]
    by_hand: list[Any]
    known: Known | None
    scored: Scored
    is_by_hand: bool


class ValuesForm(forms.Form):
    """The values of all items. What cannot be scored is told by the scoring, so nothing is refused here."""

    def __init__(self, data: Mapping[str, Any] | None, *, items: Iterable[Item], known: Mapping[str, Known]) -> None:
        self.items, self.known = list(items), known
        super().__init__(data)
        for place, item in enumerate(self.items):
            starting = fitting(item, known[item.fact].value) if item.fact in known else None
            for name, field in _fields_of(item, starting):
                self.fields[f"i{place}-{name}"] = field

    def _typed(self, place: int, name: str) -> str:
        return str(self[f"i{place}-{name}"].value() or "").strip()

    def value_of(self, place: int) -> Any:
        """What was typed for an item, in the shape in which it is scored."""
        value = _value_of(self.items[place], lambda name: self._typed(place, name))
        given = "" if self.items[place].kind == ItemKind.VETO else self._typed(place, "given")
        return {"value": value, "given": given, "reason": self._typed(place, "reason")} if given else value

    def lines(self) -> list[Line]:
        found = []
        for place, item in enumerate(self.items):
            own = [self[name] for name in self.fields if name.startswith(f"i{place}-")]
            by_hand = [field for field in own if field.name.endswith(("-given", "-reason"))]
            scored = score_item(item, self.value_of(place))
            is_by_hand = bool(by_hand and self._typed(place, "given")) or "由人定分" in scored.problem
            found.append(
                Line(
                    item,
                    [one for one in own if one not in by_hand],
                    by_hand,
                    self.known.get(item.fact),
                    scored,
                    is_by_hand,
                )
            )
        return found


def _number(label: str, starting: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    return forms.CharField(label=label, required=False, initial=starting, widget=widget)


def _fields_of(item: Item, starting: Any) -> Iterator[tuple[str, forms.Field]]:
    told = starting if isinstance(starting, Mapping) else {}
    if item.kind == ItemKind.LEVEL:
        names = [(level["name"], level["name"]) for level in item.rule.get("levels", ())]
        yield (
            "value",
            forms.ChoiceField(label="选一档", choices=[("", "请选择"), *names], required=False, initial=starting),
        )
    elif item.kind in (ItemKind.DEDUCTION, ItemKind.BONUS):
        for number, line in enumerate(item.counts):
            unit = f"（{line['unit']}）" if line.get("unit") else ""
            yield f"n{number}", _number(f"{line['name']}{unit}", told.get(line["name"]))
    elif item.kind == ItemKind.RATIO:
        yield "own", _number("本人", told.get("own"))
        yield "average", _number("全校平均", told.get("average"))
    elif item.kind == ItemKind.BANDS:
        yield "value", _number(f"多少{item.rule['unit']}" if item.rule.get("unit") else "数量", starting)
    elif item.kind == ItemKind.RATING and item.rule.get("groups"):
        for number, group in enumerate(item.rule["groups"]):
            for place, option in enumerate(group["options"]):
                chosen = told.get(group["name"], {}).get(option["name"])
                yield f"g{number}-{place}", _number(f"{group['name']}：{option['name']}（人）", chosen)
    elif item.kind == ItemKind.RATING:
        yield "value", _number(f"平均分（满 {item.rule.get('scale', '')}）", starting)
    else:
        yield "value", forms.CharField(label="有的写明是什么事，没有的空着", required=False)
    if item.kind != ItemKind.VETO:
        yield "given", _number("由人定分", None)
        yield "reason", forms.CharField(label="定分的依据", required=False)


def _value_of(item: Item, typed: Any) -> Any:
    if item.kind in (ItemKind.DEDUCTION, ItemKind.BONUS):
        return {line["name"]: typed(f"n{number}") for number, line in enumerate(item.counts)}
    if item.kind == ItemKind.RATIO:
        return {"own": typed("own"), "average": typed("average")}
    if item.kind == ItemKind.RATING and item.rule.get("groups"):
        return {
            group["name"]: {
                option["name"]: typed(f"g{number}-{place}") for place, option in enumerate(group["options"])
            }
            for number, group in enumerate(item.rule["groups"])
        }
    return typed("value")
