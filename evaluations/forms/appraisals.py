"""The forms of an appraisal: opening it, scoring one teacher, what is said in words, the notice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms

from assignments.models import SchoolYear
from evaluations import appraisal, rubrics
from evaluations.choices import AppealResult, AppraisalKind, Grade, ItemKind
from evaluations.facts import Known
from evaluations.models import Appraisal, AppraisalScore
from evaluations.scoring import Item, number_of
from zhijiao.fields import Segments
from zhijiao.quantities import plain

_NUMBER = {"inputmode": "decimal", "autocomplete": "off", "class": "form-control"}


class OpenForm(forms.Form):
    """Which year and kind, by which rubric; who, is ticked below."""

    school_year = forms.ModelChoiceField(
        label="学年", queryset=SchoolYear.objects.none(), error_messages={"required": "请选学年"}
    )
    kind = forms.ChoiceField(label="考核类型", choices=AppraisalKind.choices, initial=AppraisalKind.FINAL)
    rubric = forms.ChoiceField(label="考核办法", error_messages={"required": "请选考核办法"})

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years: Any = self.fields["school_year"]
        years.queryset = SchoolYear.objects.order_by("-code")
        self._rubrics = {str(row.pk): row for row in rubrics.usable(user)}
        choices: Any = self.fields["rubric"]
        choices.choices = [(pk, str(row)) for pk, row in self._rubrics.items()]

    def chosen_rubric(self) -> Any:
        """By which they are appraised."""
        return self._rubrics[self.cleaned_data["rubric"]]


@dataclass
class LineOfForm:
    """One line of the score as the page shows it."""

    row: AppraisalScore
    item: Item
    known: Known | None
    fields: list[tuple[str, Any, str]] = field(default_factory=list)  # label, bound field, unit
    given: Any = None
    reason: Any = None
    problem: str = ""

    @property
    def is_level(self) -> bool:
        return self.item.kind == ItemKind.LEVEL

    @property
    def is_veto(self) -> bool:
        return self.item.kind == ItemKind.VETO

    @property
    def is_given(self) -> bool:
        return isinstance(self.row.value, Mapping) and "given" in self.row.value

    @property
    def score(self) -> str:
        return plain(self.row.score) if self.row.score is not None else ""


class ScoreForm(forms.Form):
    """All that the receiving school fills in. Anything may be left open until it is handed in."""

    briefing_remark = forms.CharField(
        label="听取汇报和座谈", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    records_remark = forms.CharField(
        label="查看专项档案", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    survey_remark = forms.CharField(
        label="师生家长反映", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    feedback_remark = forms.CharField(
        label="意见和建议", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    summary = forms.CharField(
        label="个人小结",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="教师交来的小结，可以摘要",
    )
    receiving_opinion = forms.CharField(
        label="受援学校意见", max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    proposed_grade = forms.ChoiceField(
        label="建议等次", choices=[("", "按分数线"), *Grade.choices], required=False, help_text="不选就按分数线"
    )

    def __init__(
        self, *args: Any, row: Appraisal, lines: Sequence[AppraisalScore], known: Mapping[str, Known], **kwargs: Any
    ) -> None:
        kwargs["initial"] = {name: getattr(row, name) for name in appraisal.WRITTEN}
        super().__init__(*args, **kwargs)
        self.lines = [
            LineOfForm(line, appraisal.item_of(line), known.get(appraisal.item_of(line).fact)) for line in lines
        ]
        for line in self.lines:
            self._add(line)
        for field_ in self.fields.values():
            if not field_.widget.attrs.get("class"):
                field_.widget.attrs["class"] = (
                    "form-select" if isinstance(field_, forms.ChoiceField) else "form-control"
                )

    @property
    def remarks(self) -> list[Any]:
        return [self[name] for name in appraisal.REMARKS]

    @property
    def last(self) -> list[Any]:
        return [self[name] for name in ("summary", "receiving_opinion", "proposed_grade")]

    def _add(self, line: LineOfForm) -> None:
        name, base = f"i{line.row.pk}", line.row.value
        given: Any = base if line.is_given else {}
        base = given.get("value") if given else base
        if not line.row.is_known and not (line.is_given and line.known):
            for part, label, unit, kind, value in _parts(line.item, base):
                key = f"{name}-{part}" if part else name
                self.fields[key] = _field(line.item, kind, value, label)
                line.fields.append((label, self[key], unit))
        if line.item.kind not in (ItemKind.VETO, ItemKind.LEVEL):
            self.fields[f"{name}-given"] = forms.DecimalField(
                label="得分", required=False, min_value=0, max_value=line.item.maximum, decimal_places=2,
                initial=given.get("given"), widget=forms.TextInput(attrs=_NUMBER),
                error_messages={"invalid": "请填数字", "max_value": f"最多 {plain(line.item.maximum)} 分", "min_value": "不能是负数"},
            )  # fmt: skip
            self.fields[f"{name}-reason"] = forms.CharField(
                label="依据", required=False, max_length=90, initial=given.get("reason")
            )
            line.given, line.reason = self[f"{name}-given"], self[f"{name}-reason"]

    def values(self) -> dict[str, Any]:
        """As `appraisal.save_draft` takes it; a line that the system filled in and nobody touched is left out."""
        found: dict[str, Any] = {name: self.cleaned_data[name] for name in appraisal.WRITTEN}
        found["lines"] = {
            line.item.name: value for line in self.lines if (value := self._value(line)) != line.row.value
        }
        return found

    def _value(self, line: LineOfForm) -> Any:
        name, data = f"i{line.row.pk}", self.cleaned_data
        value: Any = line.row.value
        kept = value["value"] if line.is_given else value
        typed = (
            {key: data.get(f"{name}-{key}" if key else name) for key, *_ in _parts(line.item, None)}
            if line.fields
            else None
        )
        base = _joined(line.item, typed) if typed is not None else kept
        given = data.get(f"{name}-given")
        if given is None:
            return base
        return {"given": str(given), "reason": data.get(f"{name}-reason") or "", "value": base}


def _parts(item: Item, value: Any) -> Iterable[tuple[str, str, str, str, Any]]:
    """What is asked for a line: key, label, unit, what kind of field, what is filled in."""
    known = value if isinstance(value, Mapping) else {}
    if item.kind == ItemKind.LEVEL:
        yield "", item.name, "", "level", value
    elif item.kind in (ItemKind.DEDUCTION, ItemKind.BONUS):
        for place, line in enumerate(item.counts):
            yield f"c{place}", line["name"], line.get("unit", ""), "number", known.get(line["name"])
    elif item.kind == ItemKind.RATIO:
        yield "own", "本人", "", "number", known.get("own")
        yield "average", "全校平均", "", "number", known.get("average")
    elif item.kind == ItemKind.BANDS:
        yield "", item.name, item.rule.get("unit", ""), "number", value
    elif item.kind == ItemKind.VETO:
        yield "", item.name, "", "text", value
    elif number_of(item.rule.get("scale")):
        yield "", "测评平均", f"（满 {item.rule['scale']}）", "number", value
    else:
        for place, group in enumerate(item.rule.get("groups", ())):
            chosen = known.get(group["name"]) or {}
            for at, option in enumerate(group["options"]):
                yield f"g{place}-{at}", f"{group['name']}{option['name']}", "人", "count", chosen.get(option["name"])


def _field(item: Item, kind: str, value: Any, label: str) -> forms.Field:
    if kind == "level":
        levels = [(level["name"], f"{level['name']} {level['points']}") for level in item.rule.get("levels", ())]
        return forms.ChoiceField(label=label, choices=levels, required=False, initial=value, widget=Segments())
    if kind == "text":
        return forms.CharField(label=label, required=False, max_length=150, initial=value)
    if kind == "count":
        return forms.IntegerField(
            label=label, required=False, min_value=0, max_value=99999, initial=value, widget=forms.TextInput(attrs=_NUMBER),
            error_messages={"invalid": "请填整数"},
        )  # fmt: skip
    return forms.DecimalField(
        label=label, required=False, min_value=0, max_value=99999, initial=value, widget=forms.TextInput(attrs=_NUMBER),
        error_messages={"invalid": "请填数字", "min_value": "不能是负数"},
    )  # fmt: skip


def _text(value: Any) -> Any:
    return None if value in (None, "") else str(value)


def _joined(item: Item, typed: Mapping[str, Any]) -> Any:
    """What was typed, in the shape in which `evaluations.scoring` takes it; None where nothing was."""
    if item.kind in (ItemKind.DEDUCTION, ItemKind.BONUS):
        counts = {line["name"]: _text(typed[f"c{place}"]) for place, line in enumerate(item.counts)}
        return {name: number for name, number in counts.items() if number is not None} or None
    if item.kind == ItemKind.RATIO:
        return {name: number for name in ("own", "average") if (number := _text(typed[name])) is not None} or None
    if item.kind == ItemKind.RATING and not number_of(item.rule.get("scale")):
        return {
            group["name"]: {option["name"]: typed[f"g{place}-{at}"] or 0 for at, option in enumerate(group["options"])}
            for place, group in enumerate(item.rule.get("groups", ()))
            if any(typed[f"g{place}-{at}"] for at in range(len(group["options"])))
        } or None
    return _text(typed[""])


class WordsForm(forms.Form):
    """One thing said in words: why it is sent back, an objection, an opinion, an appeal."""

    text = forms.CharField(label="内容", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, label: str = "", most: int = 500, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words: Any = self.fields["text"]
        words.label, words.max_length = label, most
        words.widget.attrs["maxlength"] = most


class NoticeForm(forms.Form):
    """From when to when the grades are made public."""

    first_day = forms.DateField(label="公示开始", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    last_day = forms.DateField(
        label="公示结束", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), help_text="至少 5 个工作日"
    )
    document = forms.CharField(label="公示文号", required=False, max_length=60)


class CloseForm(forms.Form):
    document = forms.CharField(label="考核结果文号", required=False, max_length=60)


class DecideForm(forms.Form):
    """What becomes of an appeal."""

    result = forms.ChoiceField(
        label="处理结果", choices=AppealResult.choices, widget=Segments(), error_messages={"required": "请选处理结果"}
    )
    answer = forms.CharField(
        label="答复",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "class": "form-control"}),
        error_messages={"required": "请写给教师的答复"},
    )
