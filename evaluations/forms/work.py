"""Forms of the work record. Made for a phone: two or three fields are enough."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q

from assignments.choices import SUBJECT_CHOICES
from assignments.forms.records import RecordForm, words
from assignments.forms.schools import SchoolField, SuggestedField
from assignments.models import Placement, Teacher
from evaluations.choices import RECORD_UNITS, LessonKind, StepKind
from zhijiao.attachments.forms import FilesField
from zhijiao.fields import QuantityField, Segments, WhenField

SUBJECT = [("", "不填"), *SUBJECT_CHOICES]


def _number(label: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, min_value=1, max_value=99_999, initial=1,
        error_messages={"required": f"请写{label}，至少是 1", "min_value": f"{label}至少是 1", "invalid": f"{label}要写数字"},
    )  # fmt: skip


class WorkRecordForm(RecordForm):
    """So many of a kind, or one with its title."""

    writes = ("category", "number", "title", "when", "text")
    essential = ("category", "number", "when", "title", "photos")

    category = SuggestedField(
        label="哪类材料", max_length=20, suggestions=tuple(RECORD_UNITS),
        help_text="教案、作业批改、辅导记载、教研活动、教学反思等",
        error_messages={"required": "请写是哪类材料，如 教案"},
    )  # fmt: skip
    number = _number("数量")
    when = WhenField(label="日期", help_text="一天、一个月或者一段时间都行")
    title = words("题目", 100, help_text="逐件登记的写题目，如《背影》教学反思；按数量登记的不用写")
    photos = FilesField(label="照片和文件")
    text = words("内容", 3000, widget=forms.Textarea(attrs={"rows": 5}), help_text="随笔、反思可以直接写在这里")


class LessonForm(RecordForm):
    """A lesson given openly, or observed."""

    writes = (
        "kind", "number", "when", "topic", "subject", "class_name", "school", "taught_by", "audience", "score", "organiser",
    )  # fmt: skip
    essential = ("kind", "number", "when", "topic", "taught_by", "photos")

    kind = forms.ChoiceField(
        label="课型", choices=[("", "请选择"), *LessonKind.choices], error_messages={"required": "请选课型"}
    )
    number = _number("节数")
    when = WhenField(label="日期")
    topic = words("课题", 100)
    taught_by = words("授课教师", 50, help_text="听课、评课时填")
    photos = FilesField(label="照片和文件", help_text="教案、听课记录、签到表；照片里的拍摄地点会去掉")
    subject = forms.ChoiceField(label="学科", choices=SUBJECT, required=False)
    class_name = words("班级", 40, help_text="八（2）班")
    school = SchoolField(label="上课学校", required=False)
    audience = forms.IntegerField(label="听课人数", min_value=0, max_value=9999, required=False)
    score = forms.DecimalField(label="评分", min_value=0, max_value=100, decimal_places=1, required=False)
    organiser = words("主办单位", 60)


class LectureForm(RecordForm):
    writes = ("title", "when", "place", "hours", "people")

    title = words("讲座题目", 100, "请写讲座题目")
    when = WhenField(label="日期")
    place = words("地点", 60)
    hours = forms.DecimalField(label="时长（小时）", min_value=0, max_value=99, decimal_places=1, required=False)
    people = QuantityField(label="参加人数", unit="人", required=False)
    photos = FilesField(label="照片和文件", help_text="讲稿、签到表、现场照片")


class MentorshipForm(RecordForm):
    writes = ("apprentice", "subject", "goal", "when", "agreement_signed_on", "outcome")
    essential = ("apprentice", "subject", "goal", "when", "photos")

    apprentice = forms.ModelChoiceField(
        label="徒弟", queryset=Teacher.objects.none(), empty_label="请选择受援学校的老师",
        error_messages={"required": "请选徒弟", "invalid_choice": "请从受援学校的老师里选"},
    )  # fmt: skip
    subject = forms.ChoiceField(label="学科", choices=SUBJECT, required=False)
    goal = words("培养目标", 200, help_text="如 一年内独立上好公开课")
    when = WhenField(label="起止", help_text="如 2026年9月至2027年6月")
    photos = FilesField(label="照片和文件", help_text="师徒协议的照片或扫描件")
    agreement_signed_on = forms.DateField(
        label="协议签订日期", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    outcome = words("成果", 200)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        secondment = self.row.secondment
        here = Placement.objects.filter(secondment=secondment).values("receiving_school")
        known = Q(school__in=here) | Q(pk=self.row.apprentice_id)
        field: Any = self.fields["apprentice"]
        # Colleagues at the school where the teacher is; a teacher's own view of the county holds only themselves.
        field.queryset = (
            Teacher.objects.working().filter(known).exclude(pk=secondment.teacher_id).order_by("name", "pk")
        )


class StepForm(forms.Form):
    """A step of a mentorship."""

    when = WhenField(label="日期")
    kind = forms.ChoiceField(label="做了什么", choices=StepKind.choices, widget=Segments(), initial=StepKind.GUIDED)
    text = words("内容", 300, "请写一句做了什么", widget=forms.Textarea(attrs={"rows": 2}))


class SendBackForm(forms.Form):
    reason = words("哪里要改", 200, "请写明哪里要改", widget=forms.Textarea(attrs={"rows": 2}))


FORMS: dict[str, type[RecordForm]] = {
    "record": WorkRecordForm,
    "lesson": LessonForm,
    "lecture": LectureForm,
    "mentorship": MentorshipForm,
}
