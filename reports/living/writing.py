"""Every change of a report that is being written: begun, edited, moved, left out, added to, asked for again, put back.

The report's row is the lock. Who saves says which version they had before them; whoever comes second is told what the
first wrote, and neither text is lost. A figure goes out of a text only when it is meant to.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from assignments.access import has_on, insist_for_county
from assignments.models import District, School
from assignments.models.scope import Access
from assignments.periods import Period
from reports.annual_report import is_empty
from reports.annual_report.build import dated
from reports.figures import REGISTRY, Asked
from reports.living import cleaning, pieces, points, reading, tokens
from reports.models import Passage, PassageKind, PassageVersion, PointKind, Report, ReportState, Writing
from reports.models.report import WRITABLE
from zhijiao import clock
from zhijiao.accounts import audit
from zhijiao.refusals import Refused, atomically

WRITE = "report.write"
ONE_VERSION = dt.timedelta(minutes=10)  # one person's changes of one passage within this time are one version
HERE = dt.timedelta(seconds=90)  # so long after the last sign somebody still counts as writing
TITLE_MAX = 80
CAPTION_MAX = 120
MOST_PASSAGES = 600
NOWHERE = object()
GENERATED, EDITED, ADDED, PUT_BACK, TAKEN, AGAIN = (
    "生成",
    "修改",
    "添加",
    "退回旧稿",
    "取自学校总结",
    "采用新生成的文字",
)


class ChangedMeanwhile(Refused):
    """Somebody else saved the same passage first. `passage` is as it stands now; what was typed stays with who typed it."""

    def __init__(self, passage: Passage) -> None:
        who = passage.edited_by or "另一位同事"
        super().__init__(f"您打开以后，{who}改过这一段；请看看两种写法，再保存")
        self.passage = passage


class FiguresDropped(Refused):
    """A text would lose figures; whoever means it says so."""

    def __init__(self, lost: Sequence[tokens.Token]) -> None:
        names = "、".join(dict.fromkeys(f"“{REGISTRY[one.key].label}”" for one in lost))
        super().__init__(f"这一段里的数据{names}不见了，数据会跟着记录变，手写的数不会；确实不要，请确认去掉")
        self.lost = tuple(lost)


# --- who may, and when -------------------------------------------------------------------------------------------------


def may_write(report: Report, user: Any) -> bool:
    """Whether the text is this person's to change now: what a page asks before it offers it."""
    return report.is_writable and is_writer(report, user)


def is_writer(report: Report, user: Any) -> bool:
    """A school's report is written by the school, the bureau's by the bureau."""
    if not has_on(user, WRITE, report):
        return False
    access = Access.of(user)
    return access.everything or report.is_of_bureau or report.school_id in access.schools


def locked(report: Report, by: Any) -> Report:
    """The report for the rest of the transaction; Refused where it is not theirs to write, or not now."""
    row: Report = Report.objects.select_related("county", "school").select_for_update(of=("self",)).get(pk=report.pk)
    if not is_writer(row, by):
        raise Refused("这份总结不由您写：学校的总结由学校写，教育局的由支教专干写")
    if row.state not in WRITABLE:
        raise Refused(f"这份总结“{row.get_state_display()}”，不能再改")
    return row


def _changed(report: Report) -> None:
    report.version += 1
    report.changed_at = clock.now()
    report.save(update_fields=["version", "changed_at"])


# --- begun -------------------------------------------------------------------------------------------------------------


def may_begin(user: Any, county: District, school: School | None) -> bool:
    try:
        _insist_begins(user, county, school)
    except Refused:
        return False
    return True


def _insist_begins(user: Any, county: District, school: School | None) -> None:
    if school is None:
        insist_for_county(user, county.pk, WRITE)
        return
    access = Access.of(user)
    probe = Report(county=county, school=school)
    is_theirs = access.everything or (school.pk in access.schools and bool(_school_roles(user)))
    if not is_theirs or probe.school_id is None:
        raise Refused("学校的总结由本校的校长或者经办人起草")


def _school_roles(user: Any) -> Any:
    from assignments.access import cells

    return [cell for cell in cells(user, WRITE) if "S" in cell.scope or "R" in cell.scope]


def begin(county: District, school: School | None, period: Period, *, by: Any) -> Report:
    """A draft out of the records. Refused where one is being written, was adopted or issued, or where nothing is recorded."""
    _insist_begins(by, county, school)
    with atomically():
        there = Report.objects.filter(county=county, school=school, period=period.code)
        known = there.exclude(state=ReportState.SUPERSEDED).select_for_update(of=("self",)).order_by("-pk").first()
        if known is not None:
            raise Refused(f"{period.title}的总结已经有了（{known.get_state_display()}），请打开那一份")
        now = clock.now()
        report = Report(
            county=county, school=school, period=period.code, made_by=by, made_at=now, changed_at=now, read_at=now
        )
        asked = reading.asked_for(report)
        made = pieces.generated(asked)
        if is_empty(made.document):
            raise Refused(
                f"{asked.viewpoint.name}{period.title}没有支教工作的记录，写不成总结；请先登记，或者换一个时段"
            )
        report.title, report.signs, report.dated = made.document.title, asked.viewpoint.signs, dated(period)
        report.save()
        _write_down(report, made.pieces, by, now)
        report.figures_read = figures_told(report, asked)
        report.save(update_fields=["figures_read"])
        points.keep(report, PointKind.BEGUN, by=by, asked=asked)
        audit.record(by, "起草工作总结", report, after={"时段": period.title, "段数": len(made.pieces)})
    return report


def _write_down(report: Report, made: Iterable[pieces.Piece], by: Any, now: dt.datetime) -> None:
    passages = Passage.objects.bulk_create(_passage(report, piece, order) for order, piece in enumerate(made, start=1))
    PassageVersion.objects.bulk_create(
        PassageVersion(passage=one, number=1, text=one.text, how=GENERATED, by=by, at=now) for one in passages
    )


def _passage(report: Report, piece: pieces.Piece, order: int) -> Passage:
    return Passage(
        report=report, order=order, kind=piece.kind, level=piece.level, text=piece.text, source=piece.source,
        generated=piece.text, is_appendix=piece.is_appendix,
    )  # fmt: skip


def succeed(issued: Report, *, by: Any) -> Report:
    """A new draft that begins with the text of an issued report, to replace it once it is issued itself."""
    insist_for_county(by, issued.county_id, WRITE)
    with atomically():
        old: Report = Report.objects.select_related("county").select_for_update(of=("self",)).get(pk=issued.pk)
        if old.state != ReportState.ISSUED:
            raise Refused(f"这份总结“{old.get_state_display()}”，只有印发了的可以另起新稿")
        now = clock.now()
        new = Report.objects.create(
            county=old.county, school=None, period=old.period, title=old.title, signs=old.signs, dated=clock.today(),
            draft_number=old.draft_number + 1, made_by=by, made_at=now, changed_at=now, read_at=now, supersedes=old,
        )  # fmt: skip
        passages = list(old.passages.order_by("order", "pk"))
        for one in passages:
            one.pk, one.report, one.version = None, new, 0
            one._state.adding = True
        _numbered(Passage.objects.bulk_create(passages), by, now)
        asked = reading.asked_for(new)
        new.figures_read = figures_told(new, asked)
        new.save(update_fields=["figures_read"])
        points.keep(new, PointKind.BEGUN, by=by, asked=asked)
        audit.record(by, "另起新稿", new, after={"替代": old.number})
    return new


def _numbered(passages: list[Passage], by: Any, now: dt.datetime) -> None:
    PassageVersion.objects.bulk_create(
        PassageVersion(
            passage=one, number=1, text=one.text, is_left_out=one.is_left_out, how="沿用上一稿", by=by, at=now
        )
        for one in passages
    )


# --- its text ----------------------------------------------------------------------------------------------------------


def edit(passage: Passage, text: str, *, by: Any, seen: int, drops: bool = False) -> list[Passage]:
    """The passage as it now reads. More than one paragraph becomes as many passages; returned are all of them.

    `seen`: the version that the writer had before them. `drops`: figures that are gone are meant to be gone.
    Raises ChangedMeanwhile, FiguresDropped, or Refused in words; then nothing has changed.
    """
    with atomically():
        report = locked(passage.report, by)
        row = _passage_of(report, passage.pk)
        if row.kind in (PassageKind.TABLE, PassageKind.CHART):
            raise Refused("表和图从记录里来，不能直接改；可以不写入，或者更正记录")
        lines = _lines(row, text)
        if lines == [row.text]:
            return [row]
        if row.version != seen:
            raise ChangedMeanwhile(row)
        _insist_figures(row, lines, drops)
        before = row.text
        _put(row, lines[0], by, EDITED)
        added = _added(report, row, lines[1:], by)
        _changed(report)
        row.report = report
        audit.record(by, "修改工作总结", report, before={"段落": before[:200]}, after={"段落": "\n".join(lines)[:200]})
    return [row, *added]


def _lines(row: Passage, text: str) -> list[str]:
    if row.kind == PassageKind.HEADING:
        return [cleaning.one_line(text, TITLE_MAX, "标题")]
    if row.kind == PassageKind.PHOTO:
        return [" ".join(cleaning.paragraphs(text))[:CAPTION_MAX]]
    lines = cleaning.paragraphs(text)
    if not lines:
        raise Refused("这一段空了；不想写入，请点“不写入”")
    for line in lines:
        tokens.split(line)  # refuses what is no figure
    return lines


def _insist_figures(row: Passage, lines: list[str], drops: bool) -> None:
    kept = {token.markup for line in lines for token in tokens.tokens_of(line)}
    lost = [token for token in tokens.tokens_of(row.text) if token.markup not in kept]
    if lost and not drops:
        raise FiguresDropped(lost)


def _passage_of(report: Report, key: int) -> Passage:
    row: Passage | None = report.passages.select_related("edited_by", "report").filter(pk=key).first()
    if row is None:
        raise Refused("这一段刚刚被别人删掉了；您写的还在，可以另起一段粘贴")
    return row


def _put(row: Passage, text: str, by: Any, how: str, *, is_left_out: bool | None = None) -> None:
    """Sets the text and keeps the version; one person's next change within a few minutes overwrites it."""
    now = clock.now()
    row.text = text
    if is_left_out is not None:
        row.is_left_out = is_left_out
    row.version += 1
    row.edited_by, row.edited_at = by, now
    row.save(update_fields=["text", "is_left_out", "version", "edited_by", "edited_at"])
    newest = row.versions.order_by("-number").first()
    if newest and newest.by_id == by.pk and newest.how == how == EDITED and now - newest.at < ONE_VERSION:
        newest.text, newest.at, newest.is_left_out = text, now, row.is_left_out
        newest.save(update_fields=["text", "at", "is_left_out"])
        return
    number = newest.number + 1 if newest else 1
    row.versions.create(number=number, text=text, is_left_out=row.is_left_out, how=how, by=by, at=now)


def _added(report: Report, after: Passage, texts: Sequence[str], by: Any, **fields: Any) -> list[Passage]:
    """New passages right behind one."""
    if not texts:
        return []
    every = list(report.passages.order_by("order", "pk"))
    if len(every) + len(texts) > MOST_PASSAGES:
        raise Refused(f"一份总结最多 {MOST_PASSAGES} 段")
    place = next(number for number, one in enumerate(every) if one.pk == after.pk) + 1
    values = {"kind": PassageKind.PARAGRAPH, "is_appendix": after.is_appendix} | fields
    made = [Passage(report=report, order=0, text=text, edited_by=by, edited_at=clock.now(), **values) for text in texts]
    for one in made:
        one.save()
        one.versions.create(number=1, text=one.text, how=TAKEN if one.taken_from_id else ADDED, by=by, at=clock.now())
    _ordered([*every[:place], *made, *every[place:]])
    return made


def _ordered(passages: Sequence[Passage]) -> None:
    moved = []
    for order, one in enumerate(passages, start=1):
        if one.order != order:
            one.order = order
            moved.append(one)
    Passage.objects.bulk_update(moved, ["order"], batch_size=200)


# --- its pieces --------------------------------------------------------------------------------------------------------


def add_paragraph(after: Passage, text: str, *, by: Any) -> list[Passage]:
    """Paragraphs of somebody's own behind a passage."""
    with atomically():
        report = locked(after.report, by)
        row = _passage_of(report, after.pk)
        lines = cleaning.paragraphs(text)
        if not lines:
            raise Refused("请写下这一段的内容")
        for line in lines:
            tokens.split(line)
        made = _added(report, row, lines, by)
        _changed(report)
        audit.record(by, "添加段落", report, after={"段落": "\n".join(lines)[:200]})
    return made


def add_heading(after: Passage, title: str, level: int, *, by: Any) -> Passage:
    """A heading behind a passage; a whole section moves by its heading."""
    with atomically():
        report = locked(after.report, by)
        row = _passage_of(report, after.pk)
        if level not in (1, 2, 3):
            raise Refused("标题分三级：一、（一）1.")
        made = _added(
            report, row, [cleaning.one_line(title, TITLE_MAX, "标题")], by, kind=PassageKind.HEADING, level=level
        )
        _changed(report)
        audit.record(by, "添加标题", report, after={"标题": made[0].text})
    return made[0]


def add_photo(after: Passage, upload: Any, caption: str, *, by: Any) -> Passage:
    """A picture with its caption behind a passage. FileRefused where the file is none, or too large."""
    from zhijiao.attachments import storing

    words = " ".join(cleaning.paragraphs(caption))[:CAPTION_MAX]
    if not words:
        raise Refused("请给照片写一句说明：什么时候、在哪里、做什么")
    examined = storing.examine(upload)
    if not examined.width:
        raise Refused(f"“{examined.name}”不是照片，请选 JPG 或 PNG 图片")
    with atomically():
        report = locked(after.report, by)
        row = _passage_of(report, after.pk)
        photo = storing.store(examined, report, by=by)
        made = _added(report, row, [words], by, kind=PassageKind.PHOTO, photo=photo)
        _changed(report)
        audit.record(by, "添加照片", report, after={"说明": words})
    return made[0]


def leave_out(passage: Passage, is_left_out: bool, *, by: Any) -> Passage:
    """A passage, or a heading with all below it, is not written; or is again. Nothing of it is lost."""
    with atomically():
        report = locked(passage.report, by)
        row = _passage_of(report, passage.pk)
        if row.is_left_out == is_left_out:
            return row
        how = "不写入" if is_left_out else "重新写入"
        _put(row, row.text, by, how, is_left_out=is_left_out)
        _changed(report)
        audit.record(by, how, report, after={"段落": str(row)[:60]})
    return row


def remove(passage: Passage, *, by: Any) -> None:
    """What somebody added goes away. What was generated is left out instead, so that it can come back."""
    with atomically():
        report = locked(passage.report, by)
        row = _passage_of(report, passage.pk)
        if row.source:
            raise Refused("从记录里生成的段落不删除；不想写入，请点“不写入”")
        text = row.text
        row.delete()
        _changed(report)
        audit.record(by, "删除段落", report, before={"段落": text[:2000]})


def move(passage: Passage, before: Passage | None, *, by: Any, seen: int) -> None:
    """A passage, or a heading with its whole section, stands before another one; None: at the end. `seen`: of the report."""
    with atomically():
        report = locked(passage.report, by)
        if report.version != seen:
            raise Refused("您打开以后，这份总结的段落有变动；请刷新页面再移动")
        every = list(report.passages.order_by("order", "pk"))
        block = _block(every, passage.pk)
        keys = {one.pk for one in block}
        if not block or (before is not None and before.pk in keys):
            raise Refused("不能移到这一节自己里面")
        rest = [one for one in every if one.pk not in keys]
        place = len(rest) if before is None else next((n for n, one in enumerate(rest) if one.pk == before.pk), -1)
        if place < 0:
            raise Refused("要移到的地方刚刚被删掉了；请刷新页面再移动")
        if before is None and not block[0].is_appendix:  # the text ends where the appendix begins
            place = next((n for n, one in enumerate(rest) if one.is_appendix), len(rest))
        neighbour = before.is_appendix if before is not None else block[0].is_appendix
        if neighbour != block[0].is_appendix and not (place and rest[place - 1].is_appendix == block[0].is_appendix):
            raise Refused("正文和附表不能互相移动")
        _ordered([*rest[:place], *block, *rest[place:]])
        _changed(report)
        audit.record(by, "移动段落", report, after={"段落": str(block[0])[:60], "移到": str(before or "末尾")[:60]})


def step(passage: Passage, is_up: bool, *, by: Any, seen: int) -> None:
    """One place up or down: a paragraph past its neighbour, a section past the section before or after it."""
    every = list(passage.report.passages.order_by("order", "pk"))
    block = _block(every, passage.pk)
    if not block:
        raise Refused("这一段刚刚被别人删掉了")
    place = next(number for number, one in enumerate(every) if one.pk == passage.pk)
    before = _previous(every, place) if is_up else _behind_next(every, block[0], place + len(block))
    if before is NOWHERE:
        raise Refused("已经在最前面了" if is_up else "已经在最后面了")
    move(passage, before if isinstance(before, Passage) else None, by=by, seen=seen)


def _previous(every: Sequence[Passage], place: int) -> Any:
    """Before what it stands when it goes up; NOWHERE: it is the first."""
    row = every[place]
    if row.kind != PassageKind.HEADING:
        above = every[place - 1] if place else None
        return above if above is not None and above.is_appendix == row.is_appendix else NOWHERE
    for one in reversed(every[:place]):
        if one.is_appendix != row.is_appendix or (one.kind == PassageKind.HEADING and one.level < row.level):
            return NOWHERE
        if one.kind == PassageKind.HEADING and one.level == row.level:
            return one
    return NOWHERE


def _behind_next(every: Sequence[Passage], row: Passage, end: int) -> Any:
    """Before what it stands when it goes down: behind the next of its kind; None: at the end."""
    following = every[end] if end < len(every) else None
    if following is None or following.is_appendix != row.is_appendix:
        return NOWHERE
    behind = end + 1
    if row.kind == PassageKind.HEADING:
        if following.level < row.level:
            return NOWHERE
        behind = end + len(_block(every, following.pk))
    return every[behind] if behind < len(every) else None


def _block(every: Sequence[Passage], key: int) -> list[Passage]:
    """A passage with what hangs on it: of a heading all until the next of its level."""
    place = next((number for number, one in enumerate(every) if one.pk == key), None)
    if place is None:
        return []
    head = every[place]
    found = [head]
    if head.kind == PassageKind.HEADING:
        for one in every[place + 1 :]:
            if (one.kind == PassageKind.HEADING and one.level <= head.level) or one.is_appendix != head.is_appendix:
                break
            found.append(one)
    return found


# --- the generated text again ------------------------------------------------------------------------------------------


def generated_text(passage: Passage, asked: Asked) -> str | None:
    """What the records would say here now; None for what nobody generated, or where they say nothing any more."""
    piece = pieces.generated(asked).get(passage.source) if passage.source else None
    return piece.text if piece else None


def take_generated(passage: Passage, *, by: Any, seen: int) -> Passage:
    """The generated text of today in place of what stands here; the old one stays among the versions."""
    with atomically():
        report = locked(passage.report, by)
        row = _passage_of(report, passage.pk)
        if row.version != seen:
            raise ChangedMeanwhile(row)
        text = generated_text(row, reading.asked_for(report))
        if text is None:
            raise Refused("记录里现在没有这一段的内容，生成不出文字")
        row.generated = text
        row.save(update_fields=["generated"])
        _put(row, text, by, AGAIN)
        _changed(report)
        audit.record(by, AGAIN, report, after={"段落": text[:200]})
    return row


def renew(report: Report, *, by: Any) -> dict[str, int]:
    """Passages that nobody edited are taken from the records again, and what is new is added. What was edited stays."""
    with atomically():
        row = locked(report, by)
        asked = reading.asked_for(row)
        made = pieces.generated(asked)
        points.keep(row, PointKind.RENEWED, by=by, asked=asked)
        passages = list(row.passages.order_by("order", "pk"))
        by_source = {one.source: one for one in passages if one.source}
        renewed = 0
        for one in passages:
            piece = made.get(one.source) if one.source else None
            if piece and not one.is_edited and piece.text != one.text:
                one.generated = piece.text
                one.save(update_fields=["generated"])
                _put(one, piece.text, by, AGAIN)
                renewed += 1
        fresh = _inserted(row, made, by_source, by)
        _changed(row)
        audit.record(by, "按记录更新总结", row, after={"更新": renewed, "新增": fresh})
    return {"更新": renewed, "新增": fresh}


def _inserted(report: Report, made: pieces.Generated, known: dict[str, Passage], by: Any) -> int:
    """Pieces that the draft has not, each behind the one that it follows in the generated text."""
    order = list(report.passages.order_by("order", "pk"))
    added = 0
    last: Passage | None = None
    for piece in made.pieces:
        there = known.get(piece.source)
        if there is None:
            there = _passage(report, piece, 0)
            there.save()
            there.versions.create(number=1, text=there.text, how=GENERATED, by=by, at=clock.now())
            place = next(
                (n + 1 for n, one in enumerate(order) if last and one.pk == last.pk), 0 if last is None else len(order)
            )
            order.insert(place, there)
            added += 1
        last = there
    _ordered(order)
    return added


# --- versions ----------------------------------------------------------------------------------------------------------


def put_back(passage: Passage, number: int, *, by: Any, seen: int) -> Passage:
    """The passage as it stood in an earlier version; the one of now stays among the versions."""
    with atomically():
        report = locked(passage.report, by)
        row = _passage_of(report, passage.pk)
        if row.version != seen:
            raise ChangedMeanwhile(row)
        version = row.versions.filter(number=number).first()
        if version is None:
            raise Refused("没有这一次的旧稿")
        _put(row, version.text, by, PUT_BACK, is_left_out=version.is_left_out)
        _changed(report)
        audit.record(by, "退回旧稿", report, after={"段落": version.text[:200]})
    return row


def put_back_whole(report: Report, point: int, *, by: Any, seen: int) -> dict[str, int]:
    """The whole report as it stood at an earlier point: its order, its texts, what is written. Nothing is lost: each text
    that changes stays among the versions of its passage, what was added since is left out, and how it all stands now
    is kept as a point itself."""
    with atomically():
        row = locked(report, by)
        kept = row.points.filter(pk=point).first()
        if kept is None:
            raise Refused("没有这一稿")
        if row.version != seen:
            raise Refused("您打开以后，这份总结又有改动；请看过再退回")
        points.keep(row, PointKind.PUT_BACK, by=by)
        done = _put_back_rows(row, kept.rows, by)
        row.title, row.signs, row.dated = kept.title, kept.signs, kept.dated
        row.save(update_fields=["title", "signs", "dated"])
        _changed(row)
        audit.record(by, "整份退回旧稿", row, after={"退回到": str(kept)} | done)
    return done


def _put_back_rows(report: Report, rows: list[dict[str, Any]], by: Any) -> dict[str, int]:
    every = list(report.passages.order_by("order", "pk"))
    there = {one.pk: one for one in every}
    by_source = {one.source: one for one in every if one.source}
    done = {"退回": 0, "找回": 0, "不写入": 0}
    order: list[Passage] = []
    for told in rows:
        one = there.get(told["key"]) or by_source.get(told["source"])
        if one is None:
            one = _found_again(report, told, by)
            done["找回"] += 1
        elif (one.text, one.is_left_out) != (told["text"], told["left_out"]):
            _put(one, told["text"], by, PUT_BACK, is_left_out=told["left_out"])
            done["退回"] += 1
        order.append(one)
    kept = {one.pk for one in order}
    for place, one in enumerate(every):
        if one.pk in kept:
            continue
        if not one.is_left_out:
            _put(one, one.text, by, "不写入", is_left_out=True)
            done["不写入"] += 1
        before = every[place - 1] if place else None
        at = next((n + 1 for n, there_now in enumerate(order) if before and there_now.pk == before.pk), 0)
        order.insert(at, one)
    _ordered(order)
    return done


def _found_again(report: Report, told: dict[str, Any], by: Any) -> Passage:
    """A passage that was removed since."""
    one = Passage(
        report=report, order=0, kind=told["kind"], level=told["level"], is_appendix=told["appendix"], text=told["text"],
        source=told["source"], is_left_out=told["left_out"], photo_id=told["photo"], taken_from_id=told["taken_from"],
        edited_by=by, edited_at=clock.now(),
    )  # fmt: skip
    one.save()
    one.versions.create(number=1, text=one.text, is_left_out=one.is_left_out, how=PUT_BACK, by=by, at=clock.now())
    return one


# --- out of the schools' reports ---------------------------------------------------------------------------------------


def take_over(after: Passage, passages: Sequence[Passage], *, by: Any) -> list[Passage]:
    """Paragraphs of schools' reports into the bureau's, with where they come from. Their figures stay the school's own."""
    with atomically():
        report = locked(after.report, by)
        row = _passage_of(report, after.pk)
        if not report.is_of_bureau:
            raise Refused("只有教育局的总结可以取用学校的总结")
        made: list[Passage] = []
        for one in passages:
            theirs = one.report
            handed_in = (ReportState.HANDED_IN, ReportState.ACCEPTED)
            if (
                theirs.county_id != report.county_id
                or theirs.school_id is None
                or theirs.period != report.period
                or theirs.state not in handed_in
            ):
                raise Refused("只能取用本县学校同一时段已经上报的总结")
            if one.kind != PassageKind.PARAGRAPH:
                raise Refused("只能取用段落")
            made += _added(report, made[-1] if made else row, [_of_school(one.text, theirs)], by, taken_from=theirs)
        _changed(report)
        audit.record(
            by, TAKEN, report, after={"学校": "、".join(dict.fromkeys(str(one.report.school) for one in passages))}
        )
    return made  # fmt: skip


def _of_school(text: str, report: Report) -> str:
    """The school's figures, named as the school's."""
    return "".join(
        part if isinstance(part, str)
        else tokens.Token(part.key, part.narrow, part.unit, part.period, part.school or report.school_id, part.side).markup
        for part in tokens.split(text)
    )  # fmt: skip


# --- the numbers as they were read -------------------------------------------------------------------------------------


def figures_told(report: Report, asked: Asked) -> dict[str, str]:
    """Each figure of the text as it stands now."""
    told: dict[str, str] = {}
    for passage in report.passages.filter(kind__in=[PassageKind.PARAGRAPH, PassageKind.HEADING]):
        for token in tokens.tokens_of(passage.text):
            told[token.markup] = tokens.counted(token, asked).told
    return told


def have_read(report: Report, *, by: Any) -> None:
    """Somebody has looked at the figures as they stand: from now on only later changes are pointed out."""
    with atomically():
        row = locked(report, by)
        row.figures_read, row.read_at = figures_told(row, reading.asked_for(row)), clock.now()
        row.save(update_fields=["figures_read", "read_at"])
        audit.record(by, "核对总结里的数", row, after={"数": len(row.figures_read)})


def set_head(report: Report, *, by: Any, title: str, signs: str, day: dt.date | None, seen: int) -> Report:
    """The title, who signs, and the day under it."""
    with atomically():
        row = locked(report, by)
        if row.version != seen:
            raise Refused("您打开以后，这份总结有变动；请刷新页面，看过再改")
        lines = cleaning.paragraphs(title)
        if not lines or len(lines) > 2 or sum(map(len, lines)) > TITLE_MAX:
            raise Refused(f"标题写一行或两行，共不超过 {TITLE_MAX} 个字")
        before = {"标题": str(row), "落款": row.signs, "日期": str(row.dated or "")}
        row.title, row.signs, row.dated = "\n".join(lines), cleaning.one_line(signs, 60, "落款单位"), day
        row.save(update_fields=["title", "signs", "dated"])
        _changed(row)
        audit.record(
            by,
            "修改总结标题和落款",
            row,
            before=before,
            after={"标题": str(row), "落款": row.signs, "日期": str(day or "")},
        )
    return row


# --- who is writing ----------------------------------------------------------------------------------------------------


def is_here(passage: Passage, *, by: Any) -> None:
    """Says that somebody has the passage open. Refused where the report is not theirs to write."""
    if not may_write(passage.report, by):
        raise Refused("这份总结现在不由您改")
    Writing.objects.update_or_create(passage=passage, by=by, defaults={"at": clock.now()})


def others_here(report: Report, user: Any) -> dict[int, str]:
    """Who else has which passage open just now, by passage."""
    since = clock.now() - HERE
    rows = Writing.objects.filter(passage__report=report, at__gte=since).exclude(by=user).select_related("by")
    found: dict[int, str] = {}
    for row in rows.order_by("at"):
        found[row.passage_id] = "、".join(filter(None, [found.get(row.passage_id, ""), str(row.by)]))
    return found
