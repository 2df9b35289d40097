"""组织领导: the group, documents, meetings, the team leader's reports, incentives, paired schools; and the opening."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from assignments.models import Incentive, LeadingGroup, Meeting, Pairing, PolicyDocument, TeamReport
from reports.annual_report.sentences import (
    Clause,
    bare,
    clause,
    how_many,
    joined,
    listed,
    paragraph,
    parted,
    quoted,
    sentence,
    titles,
)
from reports.annual_report.year import Year, in_order
from reports.documents.tree import Paragraph, Section

MOST_MEETINGS = 12
MOST_DOCUMENTS = 8
MOST_PAIRS = 12
_VERBS = (
    "介绍", "研究", "审定", "部署", "安排", "总结", "传达", "学习", "动员", "讨论", "听取", "通报", "交流", "表彰", "布置", "明确", "解决", "征求", "审议", "落实", "宣读",
)  # fmt: skip
_RESOLVES = ("要求", "决定", "明确", "议定", "确定", "部署", "通过", "同意", "强调", "提出")


def section(year: Year) -> Section:
    return parted(
        "组织领导",
        ("健全机构，落实责任", [groups(year), documents(year), pairings(year)]),
        ("专题研究，压实推进", [meetings(year), reports(year)]),
        ("完善政策，激发活力", [incentives(year)]),
    )


def groups(year: Year) -> Paragraph:
    rows = year.events(LeadingGroup, "school")
    own = year.own(rows)
    more = sentence(clause("各学校共成立领导小组", year.fig("groups_of_schools", "个")))
    return paragraph(*(_group(year, row) for row in own), more)


def _group(year: Year, row: LeadingGroup) -> Clause:
    formed = clause("成立", row.name) if row.name else ()
    return sentence(
        joined([year.subject(row.school), formed], "") if formed else (),
        clause("由", _office(row.head), "任组长"),
        clause(listed(row.members), "为成员" if row.members else None),
        _offices(row),
        clause("做到", _each(row.in_place, "落实") + _in_all(row.in_place, "落实")),
        *_priorities(row.priorities),
    )


def _office(head: str) -> str:
    return head.removeprefix("组长").lstrip("：:")


def _offices(row: LeadingGroup) -> Clause:
    if row.offices:
        return clause("明确", listed(row.offices), "为责任科室")
    return clause("明确了责任科室") if row.offices_named else ()


def _priorities(words: list[str]) -> Iterable[Clause]:
    """选派坚持“两侧重”，向…侧重."""
    name = _in_all(words, "侧重")
    toward = clause("向", listed(word.removeprefix("向").removesuffix("侧重") for word in words), "侧重")
    return [clause("选派坚持", name), toward] if name else [clause("选派坚持", toward)]


def _in_all(words: list[str], what: str) -> str:
    """“三落实”."""
    return f"“{how_many(len(words))}{what}”" if len(words) > 1 else ""


def _each(words: list[str], what: str) -> str:
    """领导落实、教师落实、经费落实."""
    return listed(f"{word.removesuffix(what)}{what}" for word in words)


def documents(year: Year) -> Paragraph:
    rows = year.events(PolicyDocument, "school")
    own = year.own(rows) if year.is_county else rows
    told = own[:MOST_DOCUMENTS]
    made = [_document(row, with_issuer=False) for row in told if _is_own(year, row)]
    kept = [_document(row, with_issuer=True) for row in told if not _is_own(year, row)]
    count = year.matching(len(rows), "documents", "份")
    if not rows:
        return paragraph()
    if not told:
        return paragraph(sentence(clause("各学校制定、执行文件", count)))
    end = clause("等", count, "文件") if len(rows) > len(told) else clause("共", count, "文件") if len(rows) > 1 else ()
    if made and kept:
        names = joined([clause("制定", titles(made)), clause("执行", titles(kept))])
        return paragraph(sentence(names, end))
    verb = "制定" if made else "执行"
    return paragraph(sentence(joined([clause(verb, titles(made or kept)), end], "" if len(rows) > len(told) else "，")))


def _is_own(year: Year, row: PolicyDocument) -> bool:
    issuers = {"", year.viewpoint.name, year.viewpoint.signs}
    if row.school and row.school_id in year.schools:
        issuers.add(str(row.school))
    return row.issuer in issuers


def _document(row: PolicyDocument, with_issuer: bool) -> str:
    number = f"（{row.number}）" if row.number else ""
    return f"{row.issuer if with_issuer else ''}《{row.title.strip('《》')}》{number}"


def grounds(year: Year) -> Clause:
    """根据…等文件要求: the documents of others that the year's work rests on."""
    rows = year.events(PolicyDocument, "school")
    above = [row for row in rows if not _is_own(year, row)]
    told = [_document(row, with_issuer=False) for row in sorted(above or rows, key=_weight)[:2]]
    verb = "根据" if above else "按照"
    return clause(verb, titles(told), "等文件要求" if len(above or rows) > 2 else "要求") if told else ()


def _weight(row: PolicyDocument) -> bool:
    """An opinion or a plan is what a year rests on, rather than a notice."""
    return not row.title.endswith(("意见", "方案", "办法", "规定", "规划", "条例", "安排"))


def pairings(year: Year) -> Paragraph:
    rows = year.events(Pairing, "supporting_school", "supported_school")
    if not rows:
        return paragraph()
    if len(rows) > MOST_PAIRS:
        return paragraph(sentence(clause("开展学校结对帮扶，共结成帮扶对子", year.fig("pairings", "对"))))
    head = clause("开展学校结对帮扶，结对学校", year.fig("pairings", "对"))
    return paragraph(sentence(head, joined([_pair(year, row) for row in rows], "；"), mark="："))


def _pair(year: Year, row: Pairing) -> Clause:
    told = year.dates()
    return joined(
        [
            clause(year.place(row.supporting_school), "帮扶", year.place(row.supported_school)),
            clause(told.told(row.signed_on), "签订", quoted(row.agreement) if row.agreement else "结对协议")
            if row.signed_on
            else clause("签订", quoted(row.agreement))
            if row.agreement
            else (),
            clause("每学期开展活动", f"{row.visits_a_term}次") if row.visits_a_term else (),
            clause("目标是", bare(row.goal)) if row.goal else (),
        ]
    )


def meetings(year: Year) -> Paragraph:
    rows = year.events(Meeting, "school")
    own = year.own(rows)
    elsewhere = sentence(clause("各学校召开相关会议", year.fig("meetings_of_schools", "次")))
    count = year.fig("own_meetings", "次")
    if len(own) > MOST_MEETINGS:
        return paragraph(
            sentence(clause("先后召开会议", count), year.parts("own_meetings", "kind", "次"), mark="，其中"), elsewhere
        )
    dates = year.dates()
    kinds = Counter(row.kind for row in own)
    by_kind = dict(year.by("own_meetings", "kind"))
    often = joined(
        [clause(kind, year.figure_of(by_kind[kind], "次")) for kind, number in kinds.items() if kind and number > 1],
        "、",
    )
    often = often if len(kinds) > 1 else ()
    head = sentence(clause("先后召开会议", count), clause("其中", often)) if len(own) > 1 else ()
    return paragraph(head, *(_meeting(year, row, dates.told(row.when)) for row in own), elsewhere)


def _meeting(year: Year, row: Meeting, day: str) -> Clause:
    people = row.people.told("人") if row.people else ""
    present = listed(row.attendees) + (f"等{people}" if row.attendees and people else people)
    return sentence(
        day,
        joined([year.subject(row.school), "召开", row.kind], ""),
        clause("由", row.chair, "主持"),
        clause(present, "参加"),
        _topic(row.topic),
        _resolution(row.resolution),
    )


def _topic(topic: str) -> Clause:
    topic = bare(topic)
    if not topic:
        return ()
    return clause("会上", topic) if topic.startswith(_VERBS) else clause("主题为", quoted(topic))


def _resolution(text: str) -> Clause:
    text = bare(text)
    if not text:
        return ()
    return clause("会议", text) if text.startswith(_RESOLVES) else clause("会议议定", text)


def reports(year: Year) -> Paragraph:
    wide = ("school", "reporter__school", "reporter__secondments__sending_school")
    rows = in_order(year.asked.events(TeamReport, wide).select_related("reporter", "school"))
    told: dict[tuple[Any, str], list[TeamReport]] = defaultdict(list)
    for row in rows:
        told[row.reporter, row.heard_by or (year.place(row.school) if row.school else "")].append(row)
    if len(told) > 10:
        return paragraph(sentence(clause("带队领导向学校汇报", year.fig("team_reports", "次"))))
    return paragraph(*(_reports(year, reporter, to, same) for (reporter, to), same in told.items()))


def _reports(year: Year, reporter: Any, to: str, rows: list[TeamReport]) -> Clause:
    is_leader = any(row.teacher_id == reporter.pk for row in year.leaders)
    dates = year.dates()
    days = [day for row in rows if (day := dates.told(row.when))]
    when = f"{'、'.join(days[:-1])}和{days[-1]}" if len(days) > 1 else "".join(days)
    by_reporter = dict(year.by("team_reports", "reporter"))
    own = by_reporter.get(str(reporter.pk)) if reporter else None
    count = year.figure_of(own, "次") if own and own.value == len(rows) else None
    contents = list(dict.fromkeys(bare(row.content) for row in rows if row.content))
    return sentence(
        when,
        joined(
            [
                f"带队领导{reporter}" if is_leader else str(reporter),
                clause("先后向" if len(rows) > 1 else "向", to),
                *(
                    ["就支教工作汇报", clause(count)]
                    if len(rows) > 1
                    else ["汇报支教工作" if not contents else clause("汇报", contents[0].removeprefix("汇报"))]
                ),
            ],
            "",
        ),
        clause("内容包括" if len(contents) > 1 else "内容为", _between(contents)) if contents and len(rows) > 1 else (),
    )


def incentives(year: Year) -> Paragraph:
    rows = year.of_year(Incentive, "school")
    own = year.own(rows) or rows
    if year.viewpoint.school and not own:
        return paragraph()
    measures = list(dict.fromkeys(bare(row.measure) + (f"（{row.basis}）" if row.basis else "") for row in own))
    if len(measures) == 1:
        return paragraph(
            sentence(clause("对支教教师", measures[0].removeprefix("对支教教师").removeprefix("支教教师")))
        )
    count = year.fig("own_incentives" if year.own(rows) else "incentives", "项")
    return paragraph(sentence(clause("对支教教师落实激励措施", count), "；".join(measures), mark="："))


def _between(contents: list[str]) -> str:
    """Where a part has marks of its own, a stronger one stands between the parts."""
    return "；".join(contents) if any("，" in content or "、" in content for content in contents) else listed(contents)
