"""支教协议 of three parties, witnessed by the bureau: what stays as it is for the teacher, and what each undertakes."""

from __future__ import annotations

from collections.abc import Sequence

from assignments.models import Secondment
from reports.documents.tree import Addressee, Box, Document, Form, Paragraph, Section, bound
from reports.papers.paper import GOING, Making, Paper, needs_state, secondments
from reports.papers.words import BLANK_DAY, bureau, day_or_blank, receiving, span, stage, subject

# 六个不变: what the secondment must not change for the teacher.
UNCHANGED = (
    "行政职务不变", "行政组织关系不变", "人事编制不变", "工资晋级不变", "职称晋升不变", "评优评模资格不变",
)  # fmt: skip


def agreements(rows: Sequence[Secondment], making: Making) -> Document:
    return bound("支教协议书", [agreement(row, making) for row in rows], layout="gongwen")


def agreement(secondment: Secondment, making: Making) -> Document:
    teacher, school = secondment.teacher, receiving(secondment) or "＿＿＿＿＿＿＿＿＿＿"
    number = making.id_number(teacher)
    title = f"，现为{teacher.get_title_display()}" if teacher.get_title_display() else ""
    blocks = (
        Addressee(f"甲方（派出学校）：{secondment.sending_school}"),
        Addressee(f"乙方（受援学校）：{school}"),
        Addressee(f"丙方（支教教师）：{teacher.name}，身份证号 {number or '＿＿＿＿＿＿＿＿＿＿'}"),
        Addressee(f"鉴证方：{bureau(secondment)}"),
        Paragraph(
            f"为做好{secondment.school_year}支教工作，明确各方责任，甲、乙、丙三方在平等自愿的基础上，经协商一致，订立本协议。"
        ),
        Section(
            "支教期限与岗位",
            (
                Paragraph(
                    f"甲方派丙方到乙方参加{secondment.programme}，时间为{span(secondment.start, secondment.end)}。"
                    f"丙方任教{stage(secondment)}{subject(secondment)}{title}，周课时不少于乙方同学科教师的平均水平，具体由乙方安排。"
                ),
            ),
        ),
        Section(
            "甲方责任",
            (
                Paragraph(f"支教期间，丙方在甲方的待遇做到“六个不变”：{'、'.join(UNCHANGED)}。工资和福利由甲方按时足额发放。"),
                Paragraph("安排好丙方原来的工作；每学期至少看望一次，了解丙方的工作和生活，帮助解决困难。"),
                Paragraph("丙方期满回校，安排与其资格相当的岗位，并把支教考核结果作为评聘、评优的依据。"),
            ),
        ),
        Section(
            "乙方责任",
            (
                Paragraph("提供安全的住宿和必要的生活条件，安排与丙方专业相符的任教岗位。"),
                Paragraph("登记并按月确认丙方考勤，支持丙方开展听课评课、公开课、师徒结对和教研活动。"),
                Paragraph("负责丙方在校期间的日常管理、安全和考核，期满如实出具考核意见。"),
            ),
        ),
        Section(
            "丙方责任",
            (
                Paragraph("遵守国家法律法规、教师职业行为准则和乙方的规章制度，服从工作安排，完成教学任务。"),
                Paragraph("按规定备课、上课、批改和辅导，发挥示范作用，如实记录工作；请假按规定办理。"),
                Paragraph("期满交书面总结，办好工作交接。"),
            ),
        ),
        Section("补助", (Paragraph("丙方的支教补助按项目规定的标准和实际服务时间，由鉴证方核定后按月或者按学期发放。"),)),
        Section(
            "变更、中止与违约",
            (
                Paragraph(
                    "支教学校、学科或者期限需要变更的，提出的一方应书面申请，经三方同意、鉴证方批准后生效。"
                    "因健康、孕产、工作需要等原因提前结束的，已服务的月数是否认定，由鉴证方在批准时写明。"
                    "任何一方不履行本协议的，由鉴证方责令改正，并按有关规定处理。"
                ),
            ),
        ),
        Section("其他", (Paragraph("本协议一式四份，三方和鉴证方各执一份，自签字盖章之日起生效，期满自行终止。未尽事宜，由三方协商解决。"),)),
        Form(_signatures(secondment), (1, 1)),
    )  # fmt: skip
    return Document(
        "支教协议书",
        blocks,
        bureau(secondment),
        secondment.agreement_signed_on or making.today,
        byline="",
        subject=f"{teacher}支教协议",
    )


def _signatures(secondment: Secondment) -> tuple[tuple[Box, ...], ...]:
    signed = day_or_blank(secondment.agreement_signed_on) or BLANK_DAY

    def side(who: str, by: str) -> Box:
        return Box(f"{who}\n\n{by}", alignment="left", height=38, foot=(signed,))

    return (
        (side("甲方（盖章）：", "法定代表人（签字）："), side("乙方（盖章）：", "法定代表人（签字）：")),
        (side("丙方（签字）：", ""), side("鉴证方（盖章）：", "经办人（签字）：")),
    )


NOT_GOING = needs_state(GOING, "还没有批准")
AGREEMENT = Paper(
    "agreement",
    "三方协议",
    "派出学校、受援学校、教师三方签，教育局鉴证。",
    secondments(NOT_GOING),
    agreements,
    unit="份",
    why_not=NOT_GOING,
)
