"""专项档案, 课例, 讲座, 师徒结对."""

from __future__ import annotations

from assignments.sheets.columns import (
    Subject,
    of_secondments,
    of_the_secondment,
    quantity_column,
    school_column,
    school_year_column,
    secondment_column,
    teacher_column,
    text,
    when_column,
)
from evaluations.choices import LESSON_ALIASES, LessonKind
from evaluations.models import Lecture, Lesson, Mentorship, WorkRecord
from zhijiao.workbook.description import Column, Sheet
from zhijiao.workbook.kinds import Choice, Day, Decimal, Whole

SELECT = (
    "secondment__teacher__school",
    "secondment__sending_school",
    "secondment__programme",
    "secondment__school_year",
    "school_year",
)

CONFIRMED = (Column("确认日期", "confirmed_on", Day()), text("确认人", "confirmed_by", 50))  # by the receiving school

WORK_RECORDS = Sheet(
    name="专项档案",
    model=WorkRecord,
    help="支教教师的档案材料，按类别写数量；也可以一份一行写题目。",
    key=("secondment", "category", "title", "when"),
    prepare=of_the_secondment,
    derived=("school_year",),
    export=of_secondments,
    select=SELECT,
    columns=(
        secondment_column(),
        school_year_column(),
        text(
            "档案类别",
            "category",
            20,
            required=True,
            sample="教案",
            help="教案、教学随笔、学习笔记、专题讲座、作业批改、教研组活动、试卷分析等",
            aliases=("类别",),
        ),
        Column("数量", "number", Whole(1, 99999), default=1, sample=96),
        text("题目", "title", 100),
        when_column("日期", "", help="一份一行的写日期；按学年合计的不写"),
        *CONFIRMED,
    ),
)

LESSONS = Sheet(
    name="课例",
    model=Lesson,
    help="支教教师上的公开课、示范课等，和听课、评课；同样的几节可以写一行。",
    key=("secondment", "kind", "when", "school", "subject", "topic", "class_name"),
    prepare=of_the_secondment,
    derived=("school_year",),
    export=of_secondments,
    select=(*SELECT, "school"),
    columns=(
        secondment_column(),
        school_year_column(),
        Column("课型", "kind", Choice(LessonKind, LESSON_ALIASES), required=True, sample="公开课"),
        Column("节数", "number", Whole(1, 9999), default=1, sample=1),
        when_column("日期", "2023年11月8日"),
        school_column("上课学校", sample="三岔中学"),
        Column("学科", "subject", Subject, sample="语文"),
        text("课题", "topic", 100, sample="背影"),
        text("班级", "class_name", 40, sample="八年级（1）班"),
        text("授课教师", "taught_by", 50, help="听课、评课时写"),
        Column("听课人数", "audience", Whole(0, 9999), sample=23),
        Column("评分", "score", Decimal(min=0, max=100, places=1)),
        text("主办单位", "organiser", 60),
        *CONFIRMED,
    ),
)

LECTURES = Sheet(
    name="讲座",
    model=Lecture,
    help="支教教师作的讲座，一次一行。",
    key=("secondment", "title", "when"),
    prepare=of_the_secondment,
    derived=("school_year",),
    export=of_secondments,
    select=SELECT,
    columns=(
        secondment_column(),
        school_year_column(),
        text("讲座题目", "title", 100, required=True, sample="如何上好一节复习课"),
        when_column("日期", "2023年12月6日"),
        text("地点", "place", 60, sample="三岔中学会议室"),
        Column("时长（小时）", "hours", Decimal(min=0, max=48, places=1), sample=1.5),
        quantity_column("参加人数", "people", sample=26),
        *CONFIRMED,
    ),
)

MENTORSHIPS = Sheet(
    name="师徒结对",
    model=Mentorship,
    help="一对师徒一行。徒弟也要写在“教师”表里。",
    key=("secondment", "apprentice"),
    prepare=of_the_secondment,
    derived=("school_year",),
    export=of_secondments,
    select=(*SELECT, "apprentice", "apprentice__school"),
    columns=(
        secondment_column("师傅"),
        school_year_column(),
        teacher_column("徒弟", "apprentice", required=True, sample="林小禾"),
        Column("学科", "subject", Subject, sample="英语"),
        when_column("起止", "2023年9月15日至2024年6月30日"),
        text("培养目标", "goal", 200),
        Column("协议签订日期", "agreement_signed_on", Day()),
        text("成果", "outcome", 200),
        *CONFIRMED,
    ),
)
