"""问卷, unnamed even for whoever holds the database.

While a class answers, everything that comes in lands in one row, its ballot box: counts by option, texts sorted by their
own words, and the set of codes that were used. There is no row for an answer, so no time, number, order, or place on disk of a
row can tell which code gave which answer. When the questionnaire closes, the box becomes counters by option and texts under
random keys, and is emptied; only then does anybody see a result.
"""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from assignments.models.scope import CountyModel, unique_with_blanks
from evaluations.choices import (
    AnswerWay,
    Opinion,
    QuestionKind,
    QuestionnaireState,
    RespondentKind,
    TextState,
)
from evaluations.models.inspections import Inspection


class QuestionSet(CountyModel):
    """One version of a set of questions. Without a county: ready-made, known everywhere. Frozen once it was opened."""

    county = models.ForeignKey(  # type: ignore[assignment]
        "assignments.District", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="县（市、区）"
    )
    key = models.SlugField("代号", max_length=40)
    title = models.CharField("问卷", max_length=60)
    version = models.PositiveSmallIntegerField("版本", default=1)
    respondents = models.CharField("问卷对象", max_length=12, choices=RespondentKind)
    has_faces = models.BooleanField("低年级（三个表情）", default=False)
    is_about_teacher = models.BooleanField("针对一位支教教师", default=True)
    introduction = models.CharField("开头的话", max_length=300, blank=True)
    introduction_other = models.CharField("开头的话（另一种文字）", max_length=500, blank=True)
    other_language = models.CharField("另一种文字", max_length=20, blank=True, help_text="藏文、维吾尔文、English")
    is_frozen = models.BooleanField("已使用，不能再改", default=False)
    is_retired = models.BooleanField("已停用", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "题目"
        ordering = ["respondents", "title", "-version"]
        constraints = [
            unique_with_blanks(
                "county", "key", "version", name="question_set_version", message="这套题已有这一版", blank=("county",)
            )
        ]

    def __str__(self) -> str:
        return f"{self.title}（第{self.version}版）" if self.version > 1 else self.title


class Question(CountyModel):
    """One question of a set."""

    county = models.ForeignKey(  # type: ignore[assignment]
        "assignments.District", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="县（市、区）"
    )
    question_set = models.ForeignKey(QuestionSet, models.CASCADE, related_name="questions", verbose_name="题目")
    number = models.PositiveSmallIntegerField("题号")
    text = models.CharField("题目", max_length=120)
    text_other = models.CharField("题目（另一种文字）", max_length=240, blank=True)
    kind = models.CharField("题型", max_length=8, choices=QuestionKind, default=QuestionKind.SCALE)
    is_required = models.BooleanField("必答", default=True)
    tells_satisfaction = models.BooleanField("总体满意度", default=False, help_text="满意率按这一题算")

    class Meta:
        verbose_name = verbose_name_plural = "问题"
        ordering = ["question_set", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["question_set", "number"], name="question_number", violation_error_message="题号重复"
            ),
            models.UniqueConstraint(
                fields=["question_set"],
                condition=Q(tells_satisfaction=True),
                name="question_satisfaction_once",
                violation_error_message="一套题只能有一道总体满意度题",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.text}"


class QuestionOption(CountyModel):
    """One answer that can be chosen; with points where a mean is wanted."""

    county = models.ForeignKey(  # type: ignore[assignment]
        "assignments.District", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="县（市、区）"
    )
    question = models.ForeignKey(Question, models.CASCADE, related_name="options", verbose_name="问题")
    number = models.PositiveSmallIntegerField("序号")
    text = models.CharField("选项", max_length=40)
    text_other = models.CharField("选项（另一种文字）", max_length=80, blank=True)
    points = models.DecimalField(
        "分值", max_digits=5, decimal_places=2, null=True, blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )  # fmt: skip
    opinion = models.CharField("算作", max_length=12, choices=Opinion, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "选项"
        ordering = ["question", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["question", "number"], name="option_number", violation_error_message="选项序号重复"
            )
        ]

    def __str__(self) -> str:
        return self.text


class Questionnaire(CountyModel):
    """A set of questions opened at one school: in an inspection, about a seconded teacher, or both."""

    question_set = models.ForeignKey(QuestionSet, models.PROTECT, related_name="questionnaires", verbose_name="题目")
    school = models.ForeignKey("assignments.School", models.PROTECT, related_name="questionnaires", verbose_name="学校")
    inspection = models.ForeignKey(
        Inspection, models.PROTECT, null=True, blank=True, related_name="questionnaires", verbose_name="督导检查"
    )
    secondment = models.ForeignKey(
        "assignments.Secondment", models.PROTECT, null=True, blank=True, related_name="questionnaires", verbose_name="支教教师",
    )  # fmt: skip
    school_year = models.ForeignKey("assignments.SchoolYear", models.PROTECT, related_name="+", verbose_name="学年")
    opens_at = models.DateTimeField("开放时间")
    closes_at = models.DateTimeField("截止时间")
    state = models.CharField("状态", max_length=10, choices=QuestionnaireState, default=QuestionnaireState.DRAFT)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="开放人")
    closed_on = models.DateField("截止日期", null=True, blank=True)
    released_on = models.DateField("发布日期", null=True, blank=True)

    schools_concerned = ("school",)
    teachers_concerned = ("secondment__teacher",)

    is_inspected = True

    class Meta:
        verbose_name = verbose_name_plural = "问卷"
        ordering = ["-opens_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")),
                name="questionnaire_times",
                violation_error_message="截止时间应在开放时间以后",
            )
        ]

    def __str__(self) -> str:
        return f"{self.school}{self.question_set.title}"


class QuestionnaireClass(CountyModel):
    """One class, or one group of parents or colleagues, that answers; its numbers are known when it is closed."""

    questionnaire = models.ForeignKey(Questionnaire, models.CASCADE, related_name="classes", verbose_name="问卷")
    name = models.CharField("班级（对象）", max_length=30, help_text="八（2）班、全体教师")
    way = models.CharField("答卷方式", max_length=8, choices=AnswerWay, default=AnswerWay.CODES)
    enrolled = models.PositiveIntegerField("应答人数", validators=[MinValueValidator(1), MaxValueValidator(3000)])
    issued = models.PositiveIntegerField("发放份数", default=0)
    returned = models.PositiveIntegerField("收回份数", null=True, blank=True)
    valid = models.PositiveIntegerField("有效份数", null=True, blank=True)
    link_hash = models.CharField("班级链接摘要", max_length=64, blank=True)

    schools_concerned = ("questionnaire__school",)

    is_inspected = True

    class Meta:
        verbose_name = verbose_name_plural = "答卷班级"
        ordering = ["questionnaire", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["questionnaire", "name"], name="class_once", violation_error_message="这个班级已经在问卷里"
            ),
            models.UniqueConstraint(
                fields=["link_hash"],
                condition=~Q(link_hash=""),
                name="class_link_once",
                violation_error_message="这个班级链接已经用过",
            ),
            models.CheckConstraint(
                condition=Q(issued__lte=F("enrolled")),
                name="class_issued",
                violation_error_message="发放份数多于应答人数",
            ),
            models.CheckConstraint(
                condition=Q(returned=None) | Q(returned__lte=F("issued")),
                name="class_returned",
                violation_error_message="收回份数多于发放份数",
            ),
            models.CheckConstraint(
                condition=Q(valid=None) | Q(valid__lte=F("returned")),
                name="class_valid",
                violation_error_message="有效份数多于收回份数",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class QuestionnaireCode(CountyModel):
    """A code that was given out, kept as a keyed hash and written once. That it was used is not told here."""

    code_hash = models.CharField("摘要", max_length=64, primary_key=True)
    questionnaire_class = models.ForeignKey(
        QuestionnaireClass, models.CASCADE, related_name="codes", verbose_name="班级"
    )

    class Meta:
        verbose_name = verbose_name_plural = "答卷码"

    def __str__(self) -> str:
        return "答卷码"


class BallotBox(CountyModel):
    """Where the answers of one class land while it is open: one row, no order, no time. Emptied when it closes."""

    questionnaire_class = models.OneToOneField(
        QuestionnaireClass, models.CASCADE, related_name="box", primary_key=True, verbose_name="班级"
    )
    counts = models.JSONField("各选项票数", default=dict)  # {option id: number}
    texts = models.JSONField("文字", default=dict)  # {question id: [texts, sorted by their own words]}
    used = models.JSONField("用过的码", default=list)  # hashes, sorted
    returned = models.PositiveIntegerField("收回", default=0)
    valid = models.PositiveIntegerField("有效", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "票箱"

    def __str__(self) -> str:
        return "票箱"


class OptionCount(CountyModel):
    """How many of one class chose an option; written when the class is closed."""

    questionnaire_class = models.ForeignKey(
        QuestionnaireClass, models.CASCADE, related_name="counts", verbose_name="班级"
    )
    option = models.ForeignKey(QuestionOption, models.PROTECT, related_name="counts", verbose_name="选项")
    number = models.PositiveIntegerField("票数")

    class Meta:
        verbose_name = verbose_name_plural = "选项票数"
        constraints = [
            models.UniqueConstraint(
                fields=["questionnaire_class", "option"],
                name="option_count_once",
                violation_error_message="这个选项的票数已经有了",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.option} {self.number}"


class AnswerText(CountyModel):
    """What somebody wrote, of the whole questionnaire and of no class, under a random key."""

    key = models.CharField("键", max_length=32, primary_key=True)
    questionnaire = models.ForeignKey(Questionnaire, models.CASCADE, related_name="texts", verbose_name="问卷")
    question = models.ForeignKey(Question, models.PROTECT, related_name="texts", verbose_name="问题")
    text = models.CharField("原文", max_length=300)
    shown_text = models.CharField("公开的文字", max_length=300, blank=True, help_text="隐去姓名、电话等以后")
    state = models.CharField("审核", max_length=10, choices=TextState, default=TextState.WAITING)
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审核人"
    )

    class Meta:
        verbose_name = verbose_name_plural = "问卷文字"
        ordering = ["question", "key"]

    def __str__(self) -> str:
        return self.shown_text or self.text[:20]
