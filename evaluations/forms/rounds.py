"""Forms of rounds: the round, its teams, its schedule."""

from __future__ import annotations

from typing import Any

from django import forms

from assignments.forms.records import RecordForm, words
from assignments.models import School
from evaluations import rounds
from evaluations.choices import HalfDay
from evaluations.models import InspectionRound, InspectionTeam
from zhijiao.accounts.models import User
from zhijiao.fields import DayField, Segments, WhenField, WordsField

PACES = (("half", "半天一所"), ("whole", "一天一所"))


class RoundForm(RecordForm):
    writes = ("name", "list_number", "notice_document", "days_ahead", "when", "contents", "checklist")
    essential = ("name", "when", "days_ahead", "contents", "checklist")

    name = words("检查轮次", 60, "请写这一轮检查叫什么，如 2026年秋季支教督导检查")
    when = WhenField(label="起止", help_text="大概什么时候查，如 2026年12月；通知时按日程自动改成第一天到最后一天")
    days_ahead = forms.IntegerField(
        label="提前多少天通知", min_value=0, max_value=90, initial=30,
        error_messages={"required": "请写提前多少天通知，一般是 30 天", "max_value": "最多 90 天", "min_value": "不能小于 0"},
    )  # fmt: skip
    contents = WordsField(
        label="检查内容", required=False, help_text="用“、”隔开，写进通知", initial=list(rounds.CONTENTS)
    )
    checklist = WordsField(
        label="资料检查清单", required=False, help_text="到校查看哪些材料，用“、”隔开", initial=list(rounds.CHECKLIST)
    )
    list_number = words("清单编号", 30, help_text="在年度督导检查事项清单里的编号")
    notice_document = words("通知文号", 60)

    def _known(self, row: Any) -> dict[str, Any]:
        known = super()._known(row)
        return known if row.pk else {name: value for name, value in known.items() if value not in (None, "", [])}


class TeamForm(forms.Form):
    """Who inspects together."""

    name = words("检查组", 30, "请写组名，如 第一组")
    members = forms.ModelMultipleChoiceField(
        label="组员", queryset=User.objects.none(), widget=forms.CheckboxSelectMultiple(),
        error_messages={"required": "请选组员", "invalid_choice": "有一位不是本县的督导员，请从列表里选"},
    )  # fmt: skip
    leader = forms.ModelChoiceField(
        label="组长", queryset=User.objects.none(), empty_label="请选择",
        error_messages={"required": "请选组长", "invalid_choice": "请从列表里选组长"},
    )  # fmt: skip

    def __init__(self, *args: Any, held: InspectionRound, team: InspectionTeam | None = None, **options: Any) -> None:
        if team:
            members = list(team.members.all())
            leader = next((one.user_id for one in members if one.is_leader), None)
            options["initial"] = {"name": team.name, "members": [one.user_id for one in members], "leader": leader}
        else:
            options["initial"] = {"name": f"第{'一二三四五六七八九十'[min(held.teams.count(), 9)]}组"}
        super().__init__(*args, **options)
        for name in ("members", "leader"):
            field: Any = self.fields[name]
            field.queryset = rounds.inspectors_of(held.county_id)

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if typed.get("leader") and typed["leader"] not in typed.get("members", ()):
            self.add_error("leader", "组长也要在组员里")
        return typed


class ProposeForm(forms.Form):
    """Which schools, from which day on."""

    schools = forms.ModelMultipleChoiceField(
        label="检查哪些学校", queryset=School.objects.none(), widget=forms.CheckboxSelectMultiple(),
        error_messages={"required": "请选学校", "invalid_choice": "有一所学校已经排了，请重新选"},
    )  # fmt: skip
    others = forms.ModelMultipleChoiceField(
        label="别的学校", queryset=School.objects.none(), required=False, widget=forms.SelectMultiple(attrs={"size": 5}),
        help_text="没有支教教师的学校；按住 Ctrl 可以选几所",
    )  # fmt: skip
    first_day = DayField(label="从哪一天起", error_messages={"required": "请写从哪一天起"})
    pace = forms.ChoiceField(label="一所学校多久", choices=PACES, widget=Segments(), initial="half")

    def __init__(self, *args: Any, held: InspectionRound, **options: Any) -> None:
        super().__init__(*args, **options)
        first: Any = self.fields["schools"]
        first.queryset = rounds.receiving_schools(held)
        others: Any = self.fields["others"]
        others.queryset = (
            School.objects.filter(county=held.county_id, merged_into=None, is_outside_county=False)
            .exclude(pk__in=first.queryset.values("pk")).exclude(inspections__round=held).order_by("name")
        )  # fmt: skip
        first.required = False

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if not self.errors and not self.chosen:
            self.add_error("schools", "请至少选一所学校")
        return typed

    @property
    def chosen(self) -> list[School]:
        return [*self.cleaned_data.get("schools", ()), *self.cleaned_data.get("others", ())]


class SlotForm(forms.Form):
    """One school's place in the schedule."""

    team = forms.ModelChoiceField(
        label="检查组",
        queryset=InspectionTeam.objects.none(),
        empty_label=None,
        error_messages={"required": "请选检查组"},
    )
    day = DayField(label="日期", error_messages={"required": "请写日期"})
    half_day = forms.ChoiceField(label="时段", choices=HalfDay.choices, widget=Segments(), initial=HalfDay.MORNING)

    def __init__(self, *args: Any, held: InspectionRound, **options: Any) -> None:
        super().__init__(*args, **options)
        team: Any = self.fields["team"]
        team.queryset = held.teams.all()


class AnnounceForm(forms.Form):
    day = DayField(label="通知日期", error_messages={"required": "请写通知日期"})
    reason = words("提前不够的原因", 200, help_text="提前天数够的不用写")


class TakeOutForm(forms.Form):
    reason = words("为什么不去了", 200, help_text="学校已经收到通知的要写")
