"""A made-up report of a county that does not exist, long enough to measure its pages."""

from datetime import date

from reports.documents.tree import (
    Chart,
    Document,
    Figure,
    HeaderCell,
    Limit,
    Paragraph,
    Section,
    Series,
    Signature,
    Strong,
    Table,
)

RARE_NAMES = ("王䶮", "李㛃", "赵𠅤", "孙旻", "买买提·阿不都")
SENTENCE = (
    "各受援学校按照“谁使用、谁管理”的要求，落实支教教师的课时、住宿与安全责任，"
    "每月召开一次座谈会，听取教师在教学、生活方面的意见建议，能当场解决的当场解决，不能当场解决的列入台账、限时办结。"
)


def figure(text: str, records: int = 125) -> Figure:
    return Figure(text, "seconded", "/figures/seconded/", "选派人数", "本学年派出并到岗的教师人数。", records)


def subjects_chart() -> Chart:
    labels = ("语文", "数学", "英语", "科学", "音乐", "体育", "信息技术与综合实践活动课程", "其他")
    return Chart(
        "bar", "各学科选派人数", labels, (Series("人数", (34, 31, 22, 12, 9, 8, 0, 9)),), "人", category="学科"
    )


def ratio_chart() -> Chart:
    years = ("2020—2021", "2021—2022", "2022—2023", "2023—2024", "2024—2025")
    ratio = Series("比例", (7.9, 8.8, 10.4, 11.3, 11.9))
    return Chart("line", "近五年交流轮岗教师比例", years, (ratio,), "%", Limit(10, "标准 10%"), category="学年")


def columns_chart() -> Chart:
    series = (Series("派出", (40, 38, 47)), Series("到岗", (40, 36, 45)))
    return Chart("column", "近三年派出与到岗人数", ("2022", "2023", "2024"), series, "人", category="年份")


def schools_chart() -> Chart:
    labels = tuple(f"青岚县第{i}中心小学" for i in range(1, 17))
    return Chart("bar", "各中心小学接收人数", labels, (Series("人数", tuple(range(16))),), "人", category="学校")


def roster(count: int) -> Table:
    rows = []
    for i in range(count):
        name = RARE_NAMES[i % 5] if i % 7 == 0 else f"教师{i + 1}"
        school = "青岚县云雾山乡中心小学石门坎教学点" if i % 5 == 0 else "青岚县第二小学"
        rows.append((str(i + 1), name, school, "语文", "2024年9月1日", "在岗"))
    return Table(
        "支教教师名册", ("序号", "姓名", "受援学校", "学科", "到岗日期", "状态"), tuple(rows), note="按受援学校排列。"
    )


def grouped_table() -> Table:
    header = (
        (HeaderCell("乡镇", rows=2), HeaderCell("小学", columns=2), HeaderCell("初中", columns=2)),
        (HeaderCell("学校"), HeaderCell("教师"), HeaderCell("学校"), HeaderCell("教师")),
    )
    rows = (("云雾山乡", "6", "12", "1", "3"), ("石门乡", "4", "1,009", "0", "0"), ("合计", "10", "1,021", "1", "3"))
    return Table("分乡镇选派情况", header, rows, has_total=True)


def long_report() -> Document:
    """About twenty pages: plain stretches, a roster over several pages, three kinds of chart, four heading levels."""
    plain = tuple(Paragraph(f"第{i}项，", SENTENCE, figure("125"), "名教师参加，", SENTENCE) for i in range(1, 7))
    names = Paragraph(
        "表现突出的有", "、".join(RARE_NAMES), "等同志，其中", Strong("王䶮、李㛃"), "两位同志连续三年支教。"
    )
    blocks = (
        Paragraph("2024年9月以来，我县共选派", figure("125"), "名教师到农村学校任教。现将有关情况总结如下。"),
        Section("组织领导", (names, *plain)),
        Section(
            "选派情况",
            (
                Section(f"向薄弱学科倾斜：{'、'.join(RARE_NAMES)}", (plain[0], subjects_chart(), *plain)),
                Section("没有内容", (Section("也没有", (Paragraph("　"),)),)),
                Section("交流比例稳步提高", (plain[1], ratio_chart(), *plain[:4], columns_chart(), *plain[:3])),
            ),
        ),
        Section("空的一节"),
        Section("名册", (roster(70), *plain, schools_chart(), *plain[:5], grouped_table(), *plain[:8])),
        Section(
            "下一步打算",
            (Section("工作", (Section("细目", (Section("更细", plain[:2]), plain[3])), *plain[:2])), *plain[:5]),
        ),
        Signature("青岚县教育局", date(2024, 7, 10)),
    )
    return Document(
        "青岚县2023—2024学年\n支教工作总结（王䶮㛃𠅤）",
        blocks,
        "青岚县教育局",
        date(2024, 7, 10),
        subject="支教工作",
        keywords=("支教", "总结"),
    )
