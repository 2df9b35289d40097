"""What to look at before a report goes out: a person decides, only what would be wrong on paper stops it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reports.documents.glyphs import missing_glyphs
from reports.documents.tree import Section
from reports.figures import REGISTRY, Asked, value
from reports.living import pieces, reading, tokens
from reports.models import Passage, PassageKind, Report
from zhijiao.refusals import Refused

NUMBER = re.compile(r"\d[\d,，]*(?:\.\d+)?%?")
_CLAUSE = re.compile(r"[，。；：、（）,;!！?？]")
_DATES = re.compile(
    r"\d{4}年(?:\d{1,2}月(?:\d{1,2}日)?)?|\d{1,2}月(?:\d{1,2}日)?|\d{1,2}日|〔\d{4}〕\d+号|\d{4}[—–-]\d{4}"
)


@dataclass(frozen=True)
class Finding:
    """One thing to look at. `stops`: with it the report does not go out. `passage`: where, if it is in one place."""

    title: str
    words: str
    passage: Passage | None = None
    stops: bool = False


def findings(report: Report, asked: Asked | None = None) -> list[Finding]:
    """All of them, what stops first."""
    asked = asked or reading.asked_for(report)
    every = reading.passages_of(report)
    reading.learn_figures(every, asked, (key for key, one in REGISTRY.items() if one.ratio))
    pieces.generated(asked)  # it divides figures into their parts, which the text then names one by one
    left_out = reading.is_within_left_out(every)
    written = [one for one in every if one.pk not in left_out]
    found = [
        *_unknown(written),
        *_empty(written),
        *_glyphs(report, written, asked),
        *_contradictions(asked),
        *_changed(report, written, asked),
        *_typed(written, asked),
        *_sections(written, asked),
        *_records_changed(written, asked),
    ]
    return sorted(found, key=lambda one: not one.stops)


def insist_ready(report: Report) -> None:
    """Refuses a report with something in it that stops."""
    stopping = [one for one in findings(report) if one.stops]
    if stopping:
        raise Refused("；".join(f"{one.title}：{one.words}" for one in stopping[:3]))


def _unknown(passages: Iterable[Passage]) -> Iterator[Finding]:
    for passage in passages:
        try:
            tokens.split(passage.text)
        except Refused as problem:
            yield Finding("数据项不存在", str(problem), passage, stops=True)


def _empty(passages: list[Passage]) -> Iterator[Finding]:
    if not any(one.kind == PassageKind.PARAGRAPH for one in passages):
        yield Finding("没有正文", "总结里一段文字也没有", stops=True)


def _glyphs(report: Report, passages: Iterable[Passage], asked: Asked) -> Iterator[Finding]:
    """Names with characters that no font of the paper has: they would be boxes."""
    whole = missing_glyphs(report.title + report.signs)
    if whole:
        yield Finding("有字印不出来", f"标题或落款里的“{'、'.join(sorted(whole))}”字体里没有", stops=True)
    for passage in passages:
        if passage.kind in (PassageKind.TABLE, PassageKind.CHART):
            continue
        if missing := missing_glyphs(tokens.plain_text(passage.text, asked)):
            yield Finding(
                "有字印不出来", f"“{'、'.join(sorted(missing))}”字体里没有，请换一种写法", passage, stops=True
            )


def _contradictions(asked: Asked) -> Iterator[Finding]:
    """A part that is larger than its whole."""
    for definition in REGISTRY.values():
        if definition.ratio:
            part, whole = (value(key, asked) for key in definition.ratio)
            if part.value > whole.value:
                words = f"“{part.definition.label}”{part.with_unit}，比“{whole.definition.label}”{whole.with_unit}还多；请查两处的记录"
                yield Finding("数对不上", words)


def _changed(report: Report, passages: Iterable[Passage], asked: Asked) -> Iterator[Finding]:
    """Figures that read otherwise than when somebody last looked at them."""
    for markup, passage in _tokens(passages).items():
        before = report.figures_read.get(markup)
        token = tokens.parse(markup.strip(tokens.OPEN + tokens.CLOSE))
        now = tokens.counted(token, asked).told
        if before is not None and before != now:
            label = REGISTRY[token.key].label
            yield Finding("数有变化", f"“{label}”上次核对时是 {before}，现在是 {now}", passage)


def _tokens(passages: Iterable[Passage]) -> dict[str, Passage]:
    """Each figure of the text with the first passage that it stands in."""
    found: dict[str, Passage] = {}
    for passage in passages:
        if passage.kind in (PassageKind.PARAGRAPH, PassageKind.HEADING):
            for token in tokens.tokens_of(passage.text):
                found.setdefault(token.markup, passage)
    return found


def _typed(passages: Iterable[Passage], asked: Asked) -> Iterator[Finding]:
    """Numbers that somebody typed where a figure belongs: they do not follow the records, and may contradict them."""
    for passage in passages:
        if passage.kind != PassageKind.PARAGRAPH or not passage.is_edited:
            continue
        known = set(NUMBER.findall(_DATES.sub("", "".join(tokens.words_of(passage.generated)))))
        words = "".join(part if isinstance(part, str) else tokens.CLOSE for part in tokens.split(passage.text))
        for number, unit, before in _numbers(words):
            if number not in known:
                yield Finding("手写的数", _about(number, unit, before, asked), passage)


def _numbers(words: str) -> Iterator[tuple[str, str, str]]:
    """Number, the sign behind it, and the words before it; dates and document numbers are none."""
    bare = _DATES.sub(lambda found: "　" * len(found[0]), words)
    for found in NUMBER.finditer(bare):
        clause = _CLAUSE.split(bare[: found.start()])[-1]
        yield found[0], bare[found.end() : found.end() + 1], clause[-12:]


def _about(number: str, unit: str, before: str, asked: Asked) -> str:
    """What the typed number may mean: a figure whose name stands before it, or one of the same number and unit."""
    named = [one for one in REGISTRY.values() if one.label in before + number]
    for definition in named:
        counted = value(definition.key, asked)
        if counted.told != number:
            return f"写的是 {number}{unit}，系统里“{definition.label}”是 {counted.with_unit}；请核对，或者插入数据项"
        return f"“{definition.label}”{number}{unit}是手写的，不会跟着记录变；建议换成数据项"
    return f"{number}{unit}是手写的，不会跟着记录变；能用数据项的请插入数据项"


def _sections(passages: list[Passage], asked: Asked) -> Iterator[Finding]:
    """Parts of such a report that have no records, or were left out."""
    titles = {one.text for one in passages if one.kind == PassageKind.HEADING and one.level == 1}
    for section in pieces.generated(asked).document.blocks:
        if not isinstance(section, Section) or section.is_appendix or section.title in titles:
            continue
        if section.is_empty:
            yield Finding("没有记录的部分", f"“{section.title}”没有登记任何记录，总结里没有这一部分")
        else:
            yield Finding("没有写入的部分", f"“{section.title}”有记录，但总结里没有写入")


def _records_changed(passages: Iterable[Passage], asked: Asked) -> Iterator[Finding]:
    """Generated text that the records would now tell otherwise."""
    made = pieces.generated(asked)
    for passage in passages:
        piece = made.get(passage.source) if passage.source and passage.kind == PassageKind.PARAGRAPH else None
        if piece and piece.text != passage.generated:
            yield Finding("记录有变化", "这一段生成以后记录有变动，可以看看新生成的文字", passage)
