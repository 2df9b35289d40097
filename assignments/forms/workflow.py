"""What is asked before a step of the workflow is taken, and what is asked for a change."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils import timezone

from assignments.changes import problem
from assignments.choices import SUBJECT_CHOICES, ChangeKind, EndReason
from assignments.length import unexplained
from assignments.models import School, Secondment
from assignments.workflow import NOTICE_DAYS, Transition, asked_more, partners, scheduled
from zhijiao.fields import Segments


class DayInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def __init__(self, **attrs: Any) -> None:
        super().__init__(format="%Y-%m-%d", attrs=attrs)


def day_field(label: str, **options: Any) -> forms.DateField:
    return forms.DateField(
        label=label, widget=DayInput(),
        error_messages={"required": f"请填写{label}", "invalid": "日期看不懂，请写成 2025年9月1日 这样"}, **options,
    )  # fmt: skip


def words_field(label: str, length: int, *, rows: int = 3, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=length, widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": f"请填写{label}", "max_length": f"{label}最多 {length} 字"}, **options,
    )  # fmt: skip


def _field(name: str, step: Transition) -> forms.Field:
    """The one description of each thing that a step may ask."""
    today = timezone.localdate()
    if name == "reason":
        return words_field(f"{step.label}的原因", 300, help_text="对方会看到这句话，请说清要改什么")
    if name == "opinion":
        label = "审核意见" if step.key == "approve" else "学校意见"
        initial = {
            "approve": "材料齐全，符合选派条件。",
            "recommend": "同意推荐。",
            "forward": "公示无异议，同意上报。",
        }[step.key]
        return words_field(label, 200, rows=2, initial=initial, required=False, help_text="印在审批表上")
    if name == "decision":
        return forms.CharField(
            label="局领导审批", max_length=200, required=False, initial="同意。", help_text="印在审批表上"
        )
    if name == "notice_from":
        return day_field("公示从", initial=today, help_text="从这一天起公示，姓名只显示姓")
    if name == "working_days":
        return forms.IntegerField(
            label="公示几个工作日", min_value=1, max_value=60, initial=NOTICE_DAYS, help_text="按国家放假安排计算",
            error_messages={"min_value": "至少 1 个工作日", "max_value": "最多 60 个工作日", "invalid": "请填一个整数", "required": "请填写公示几个工作日"},
        )  # fmt: skip
    if name == "document":
        return forms.CharField(
            label="派遣文号",
            max_length=60,
            help_text="如 青教人〔2025〕37号",
            error_messages={"required": "请填写派遣文号"},
        )
    if name == "dispatched_on":
        return day_field("派出日期", initial=today)
    if name == "reported_on":
        return day_field("报到日期", initial=today, help_text="实际到校的那一天")
    raise KeyError(name)


class StepForm(forms.Form):
    """The fields that a step asks, for one secondment or for many."""

    def __init__(self, step: Transition, secondments: list[Secondment], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._secondments = secondments
        for name in step.asks:
            if name == "why_short":
                self._ask_why_short(step)
            else:
                self.fields[name] = _field(name, step)
        for name, make in asked_more[step.key].items():
            self.fields[name] = make(secondments)
        if "working_days" in self.fields and secondments:
            self.fields["working_days"].initial = scheduled(secondments[0], "notice_days") or NOTICE_DAYS

    def _ask_why_short(self, step: Transition) -> None:
        """Asked only where somebody's secondment, or their partner's of a swap, is shorter than its programme lasts."""
        rows = {row.pk: row for one in self._secondments for row in (one, *partners(step, one))}
        if short := unexplained(rows.values()):
            told = "；".join(f"{row.teacher}：{words}" for row, words in short[:3])
            more = f" 等 {len(short)} 人" if len(short) > 3 else ""
            self.fields["why_short"] = words_field(
                "短于规定月数的原因", 300, rows=2, help_text=f"{told}{more}。确需短一些的，写明原因，会记在办理记录里"
            )

    def clean_reported_on(self) -> Any:
        day, today = self.cleaned_data["reported_on"], timezone.localdate()
        if day > today:
            raise forms.ValidationError("报到日期还没有到，请到校以后再确认")
        for secondment in self._secondments:
            if secondment.dispatched_on and day < secondment.dispatched_on:
                raise forms.ValidationError(
                    f"{secondment.teacher} {secondment.dispatched_on:%Y.%m.%d} 才派出，报到不能更早"
                )
        return day

    def clean_dispatched_on(self) -> Any:
        day = self.cleaned_data["dispatched_on"]
        for secondment in self._secondments:
            if secondment.end and day > secondment.end:
                raise forms.ValidationError(
                    f"{secondment.teacher}的派遣 {secondment.end:%Y.%m.%d} 就结束了，派出日期不能更晚"
                )
        return day


class ChangeForm(forms.Form):
    """An early end, an extension, a move or another subject, as it is asked for."""

    def __init__(self, kind: ChangeKind, secondment: Secondment, schools: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kind, self._secondment = kind, secondment
        labels = {
            ChangeKind.END_EARLY: "实际结束日期", ChangeKind.EXTEND: "从哪天起办理", ChangeKind.MOVE: "到新学校的日期", ChangeKind.SUBJECT: "从哪天起",
        }  # fmt: skip
        if kind == ChangeKind.MOVE:
            self.fields["new_school"] = forms.ModelChoiceField(
                schools, label="新受援学校", empty_label="请选择",
                error_messages={"required": "请选新的受援学校", "invalid_choice": "没有这所学校，请从列表里选"},
            )  # fmt: skip
        self.fields["start"] = day_field(labels[kind], initial=timezone.localdate())
        if kind == ChangeKind.EXTEND:
            self.fields["new_end"] = day_field(
                "延到", help_text=f"原定到 {secondment.end:%Y年%-m月%-d日}" if secondment.end else ""
            )
        if kind in (ChangeKind.SUBJECT, ChangeKind.MOVE):
            self.fields["new_subject"] = forms.ChoiceField(
                label="任教学科", choices=[("", "和原来一样"), *SUBJECT_CHOICES] if kind == ChangeKind.MOVE else SUBJECT_CHOICES,
                required=kind == ChangeKind.SUBJECT, error_messages={"required": "请选新的任教学科", "invalid_choice": "没有这个学科，请从列表里选"},
            )  # fmt: skip
        if kind == ChangeKind.END_EARLY:
            self.fields["keeps_months"] = forms.TypedChoiceField(
                label="已服务的月数", choices=[("True", "认定"), ("False", "不认定")], initial="True",
                coerce=lambda value: value == "True", widget=Segments(), help_text="认定的月数计入服务年限证明",
            )  # fmt: skip
        self.fields["reason"] = forms.ChoiceField(
            label="原因",
            choices=EndReason,
            initial=EndReason.WORK,
            error_messages={"invalid_choice": "请从列表里选原因"},
        )
        self.fields["detail"] = words_field("说明", 200)

    def clean(self) -> dict[str, Any]:
        values = cast(dict[str, Any], super().clean())
        if not self.errors and (wrong := problem(self._secondment, self._kind, values)):
            self.add_error(*wrong)
        return values


class DecisionForm(forms.Form):
    """Approve or refuse what somebody else asked for."""

    approves = forms.TypedChoiceField(
        label="审批", choices=[("True", "批准"), ("False", "不批准")], coerce=lambda value: value == "True",
        widget=forms.RadioSelect, error_messages={"required": "请选批准或不批准"},
    )  # fmt: skip
    decision = words_field("意见", 200, rows=2, required=False, help_text="不批准时要写明理由")
    document = forms.CharField(label="文号", max_length=60, required=False, help_text="有正式发文的写上")

    def clean(self) -> dict[str, Any]:
        values = cast(dict[str, Any], super().clean())
        if values.get("approves") is False and not values.get("decision"):
            self.add_error("decision", "不批准要写明理由，申请人会看到")
        return values


def schools_for(user: Any) -> Any:
    """Where somebody can be moved to."""
    return School.objects.choosable_by(user).order_by("name")
