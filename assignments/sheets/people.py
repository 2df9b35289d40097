"""教师 and 骨干称号."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from assignments.choices import (
    EDUCATION_ALIASES,
    ETHNICITY_ALIASES,
    ETHNICITY_CHOICES,
    LEVEL_ALIASES,
    POLITICAL_ALIASES,
    TITLE_ALIASES,
    BackboneLevel,
    Education,
    Establishment,
    PoliticalStatus,
    Sex,
    TeachingStage,
    Title,
)
from assignments.models import BackboneTitle, Teacher
from assignments.pinyin import set_readings
from assignments.sheets.columns import Subject, school_column, teacher_column, text
from zhijiao.identity import birth_date_of, sex_of
from zhijiao.workbook.description import Column, Problem, RowValues, Sheet
from zhijiao.workbook.kinds import BankCard, Choice, Day, Decimal, IdNumber, Phone, Whole, YesNo


def _names(teacher: Teacher) -> list[str]:
    names = [teacher.name]
    if teacher.school_id and teacher.school:
        names.append(f"{teacher.name}（{teacher.school.name}）")
    if teacher.id_number:
        names.append(f"{teacher.name}（{teacher.id_number[-4:]}）")
    return names


def _check(values: RowValues) -> Iterable[Problem]:
    number = values.get("id_number")
    if not number:
        return
    born, sex = values.get("birth_date"), values.get("sex")
    if born and born != birth_date_of(number):
        yield Problem(
            f"出生日期 {born:%Y-%m-%d} 与身份证号里的 {birth_date_of(number):%Y-%m-%d} 不一致，请核对", "birth_date"
        )
    if sex in (Sex.MALE, Sex.FEMALE) and sex != sex_of(number):
        yield Problem("性别与身份证号第 17 位不一致（单数为男，双数为女），请核对", "sex")


def _prepare(teacher: Teacher, values: RowValues, context: Any) -> None:
    set_readings(teacher)
    if teacher.id_number:
        teacher.birth_date = teacher.birth_date or birth_date_of(teacher.id_number)
        teacher.sex = teacher.sex or sex_of(teacher.id_number)


TEACHERS = Sheet(
    name="教师",
    model=Teacher,
    help="支教教师和当地的徒弟都写在这里，一人一行。身份证号一列请设为文本格式。",
    key=("name", "school"),
    stronger_keys=(("id_number",),),
    names=_names,
    check=_check,
    prepare=_prepare,
    rows=lambda rows: rows.filter(merged_into=None),
    derived=("initials", "pinyin", "birth_date", "sex", "id_number_hash", "bank_card_hash"),
    select=("school",),
    columns=(
        text("姓名", "name", 50, required=True, sample="沈若兰", aliases=("教师姓名",)),
        school_column(
            "所在学校", sample="县实验初中", aliases=("学校", "工作单位", "任教学校"), help="人事关系所在的学校"
        ),
        Column(
            "身份证号",
            "id_number",
            IdNumber(),
            sample="11010519491231002X",
            help="18 位；填了就不用填性别和出生日期",
            aliases=("身份证号码",),
        ),
        Column("性别", "sex", Choice(Sex), sample="女"),
        Column("出生日期", "birth_date", Day(), sample="", aliases=("出生年月日",)),
        Column("民族", "ethnicity", Choice(ETHNICITY_CHOICES, ETHNICITY_ALIASES), sample="汉族"),
        text("籍贯", "native_place", 40),
        Column("政治面貌", "political_status", Choice(PoliticalStatus, POLITICAL_ALIASES), sample="中共党员"),
        Column("手机号", "phone", Phone(), sample="13800000000", aliases=("联系电话", "手机", "电话")),
        text("紧急联系人", "emergency_contact", 60, help="姓名和电话"),
        Column("参加工作时间", "employed_since", Day()),
        Column(
            "本校任教起始",
            "at_school_since",
            Day(),
            help="从哪天起在现在的学校任教，用来算是否该交流",
            aliases=("本校任教起始年月",),
        ),
        Column("编制性质", "establishment", Choice(Establishment), sample="在编"),
        Column("最高学历", "education", Choice(Education, EDUCATION_ALIASES), sample="大学本科", aliases=("学历",)),
        text("毕业院校", "graduated_from", 60),
        text("所学专业", "major", 40),
        text("教师资格", "certificate", 60, help="种类与学科，如 初级中学 语文"),
        text("普通话等级", "mandarin_level", 10, sample="二级甲等"),
        Column(
            "职称",
            "title",
            Choice(Title, TITLE_ALIASES),
            sample="一级教师",
            help="2015 年以前的名称也认得，如 小学高级",
        ),
        Column("职称聘任时间", "title_since", Day()),
        text("岗位等级", "post_grade", 20, sample="专业技术九级"),
        text("行政职务", "post", 40),
        Column(
            "学段",
            "stage",
            Choice(TeachingStage, {"幼儿园": "学前", "特殊教育": "特教"}),
            sample="初中",
            aliases=("任教学段",),
        ),
        Column("任教学科", "subject", Subject, sample="语文", aliases=("学科",)),
        Column("周课时", "weekly_periods", Decimal(min=0, max=60, places=1), sample=12),
        Column("是否班主任", "is_class_head", YesNo(), sample="否", aliases=("班主任",)),
        text("健康状况", "health", 40),
        text("家庭情况", "family", 100),
        text("开户行", "bank", 60),
        Column("银行卡号", "bank_card", BankCard()),
        Column("离岗日期", "retired_on", Day(), help="调离、退休的写日期，人不用删"),
    ),
)

BACKBONE_TITLES = Sheet(
    name="骨干称号",
    model=BackboneTitle,
    help="教师的骨干称号，一个称号一行。派出时有有效称号的算骨干教师。",
    key=("teacher", "title", "level"),
    select=("teacher", "teacher__school"),
    columns=(
        teacher_column("教师", required=True, sample="沈若兰", aliases=("姓名",)),
        text(
            "骨干称号", "title", 20, required=True, sample="骨干教师", help="特级教师、学科带头人、骨干教师、教学能手等"
        ),
        Column("级别", "level", Choice(BackboneLevel, LEVEL_ALIASES), default=BackboneLevel.COUNTY, sample="县级"),
        Column("获得年份", "year", Whole(1980, 2100), sample=2021),
        Column("有效至（年）", "valid_until", Whole(1980, 2100), sample=2026, aliases=("有效期至",)),
        text("文号", "document", 60),
    ),
)
