"""A figure inside a text that people edit: ⟦seconded|subject=数学|unit=名⟧. The number is never typed; it follows the data.

A token names the figure, how it is narrowed, the unit that stands after the number, and where it differs from the report's
own: the period (of last year's number) and the school (of what was taken over from a school's report).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from assignments.models import School
from assignments.periods import Period
from reports.documents import tree
from reports.figures import REGISTRY, Asked, Counted, value
from reports.figures.asked import Side
from reports.figures.told import figure_of
from reports.living.eyes import asked_of_school
from zhijiao.refusals import Refused

OPEN, CLOSE = "⟦", "⟧"
TOKEN = re.compile(f"{OPEN}([^{OPEN}{CLOSE}]*){CLOSE}")
_ESCAPED = {"%": "%25", "|": "%7C", "=": "%3D", OPEN: "%5B", CLOSE: "%5D", "\n": " "}
_OWN = ("unit", "period", "school", "side")


@dataclass(frozen=True)
class Token:
    """Which figure stands here. `unit` None: the figure's own."""

    key: str
    narrow: tuple[tuple[str, str], ...] = ()
    unit: str | None = None
    period: str = ""
    school: int | None = None
    side: str = ""

    @property
    def markup(self) -> str:
        """As it stands in the text."""
        parts = [self.key, *(f"{name}={_escaped(of)}" for name, of in self.narrow)]
        parts += [f"unit={_escaped(self.unit)}"] if self.unit is not None else []
        parts += [f"period={self.period}"] if self.period else []
        parts += [f"school={self.school}"] if self.school else []
        parts += [f"side={self.side}"] if self.side else []
        return f"{OPEN}{'|'.join(parts)}{CLOSE}"

    @property
    def is_known(self) -> bool:
        definition = REGISTRY.get(self.key)
        return definition is not None and all(name in definition.paths for name, _ in self.narrow)


def parse(markup: str) -> Token:
    """Of what stands between the brackets. Refused where it is no figure of ours."""
    key, *options = markup.split("|")
    narrow: dict[str, str] = {}
    own: dict[str, str] = {}
    for option in options:
        name, found, of = option.partition("=")
        if not found:
            raise Refused(f"“{markup}”里的“{option}”看不懂，请从数据项里重新选")
        (own if name in _OWN else narrow)[name] = _unescaped(of)
    school = own.get("school", "")
    token = Token(
        key.strip(), tuple(sorted(narrow.items())), own.get("unit"), _period(own.get("period", "")),
        int(school) if school.isdecimal() else None, own.get("side", ""),
    )  # fmt: skip
    if not token.is_known or token.side not in ("", *Side):
        raise Refused(f"“{markup}”不是系统里的数据项，请从数据项里重新选")
    return token


def _period(code: str) -> str:
    try:
        return Period.parse(code).code if code else ""
    except ValueError as problem:
        raise Refused(f"{problem}") from None


def split(text: str) -> list[str | Token]:
    """The words and the tokens of a text in their order."""
    parts: list[str | Token] = []
    position = 0
    for found in TOKEN.finditer(text):
        if words := text[position : found.start()]:
            parts.append(words)
        parts.append(parse(found[1]))
        position = found.end()
    if rest := text[position:]:
        parts.append(rest)
    return parts


def tokens_of(text: str) -> list[Token]:
    return [part for part in split(text) if isinstance(part, Token)]


def words_of(text: str) -> Iterator[str]:
    """What was typed: the text without its figures."""
    return (part for part in split(text) if isinstance(part, str))


# --- in a field without script ------------------------------------------------------------------------------------------

_NUMBERED = re.compile(r"(\d+)：")


def shown(text: str, asked: Asked) -> tuple[str, list[str]]:
    """The text for a plain field, its figures as ⟦1：114名⟧; and which figures these are."""
    known: list[str] = []
    parts: list[str] = []
    for part in split(text):
        if isinstance(part, str):
            parts.append(part)
            continue
        known.append(part.markup)
        parts.append(f"{OPEN}{len(known)}：{plain_text(part.markup, asked)}{CLOSE}")
    return "".join(parts), known


def typed(text: str, known: Sequence[str]) -> str:
    """Back: a number stands for the figure that it was, a name for the figure that is called so."""
    labels = {definition.label: key for key, definition in REGISTRY.items()}

    def meant(found: re.Match[str]) -> str:
        numbered = _NUMBERED.match(found[1])
        if numbered and 0 < int(numbered[1]) <= len(known) and TOKEN.fullmatch(known[int(numbered[1]) - 1]):
            return known[int(numbered[1]) - 1]
        return f"{OPEN}{labels.get(found[1].strip(), found[1])}{CLOSE}"

    return TOKEN.sub(meant, text)


# --- from a generated text ---------------------------------------------------------------------------------------------


def token_of(figure: tree.Figure, asked: Asked) -> Token | None:
    """Which token a figure of a generated text is; None where it is none of the registry or tells something else."""
    if figure.key not in REGISTRY or not figure.url:
        return None
    query = dict(parse_qsl(urlsplit(figure.url).query, keep_blank_values=True))
    own = _query_of(asked)
    narrow = tuple(sorted((name, of) for name, of in query.items() if name in REGISTRY[figure.key].paths))
    period = "" if query.get("period") == own["period"] else query.get("period", "")
    school = "" if query.get("school", "") == own.get("school", "") else query.get("school", "")
    token = Token(figure.key, narrow, None, period, int(school) if school else None, query.get("side", "") if school else "")  # fmt: skip
    try:
        told = counted(token, asked).told
    except Refused:  # of a school that is not the report's own: it stays words
        return None
    if not figure.text.startswith(told):
        return None
    unit = figure.text.removeprefix(told)
    definition = REGISTRY[figure.key]
    is_own = unit == ("" if definition.ratio else definition.unit)
    return Token(token.key, narrow, None if is_own else unit, period, token.school, token.side)


def _query_of(asked: Asked) -> dict[str, str]:
    view = asked.viewpoint
    return {"period": asked.period.code} | ({"school": str(view.school.pk)} if view.school else {})


def markup_of(inlines: tuple[tree.Inline, ...], asked: Asked) -> str:
    """A generated sentence as text with tokens."""
    parts = []
    for inline in inlines:
        token = token_of(inline, asked) if isinstance(inline, tree.Figure) else None
        parts.append(token.markup if token else _without_brackets(tree.text_of(inline)))
    return "".join(parts)


def _without_brackets(text: str) -> str:
    return text.replace(OPEN, "［").replace(CLOSE, "］")


# --- to a text that is read --------------------------------------------------------------------------------------------


def counted(token: Token, asked: Asked) -> Counted:
    """The figure that a token stands for, as the data are."""
    return value(token.key, asked_of(token, asked), **dict(token.narrow))


def address_of(token: Token, asked: Asked) -> str:
    """The page of the figure, without counting it."""
    return Counted(REGISTRY[token.key], asked, 0, token.narrow).url


def asked_of(token: Token, asked: Asked) -> Asked:
    """The report's own period and viewpoint, or those that the token names. Each is asked once within a report."""
    if not (token.period or token.school):
        return asked

    def other() -> Asked:
        period = Period.parse(token.period) if token.period else asked.period
        if not token.school:
            return asked.during(period)
        county = asked.viewpoint.county
        school = School.objects.select_related("county").filter(pk=token.school, county=county).first()
        if school is None:
            raise Refused(f"“{token.markup}”里的学校不在本县")
        if asked.viewpoint.school and school.pk not in asked.viewpoint.schools:
            raise Refused("学校的总结只写本校和所辖学校的数，请从数据项里重新选")
        return asked_of_school(school, period, Side(token.side) if token.side else None)

    made: Asked = asked.remember(("asked", token.period, token.school, token.side), other)
    return made


def inlines_of(text: str, asked: Asked) -> tuple[tree.Inline, ...]:
    """The text with its figures as they are now."""
    return tuple(part if isinstance(part, str) else figure_of(counted(part, asked), part.unit) for part in split(text))


def figure_in(token: Token, asked: Asked) -> tree.Figure:
    """A token as the document has it."""
    return figure_of(counted(token, asked), token.unit, _of(token, asked))


def _of(token: Token, asked: Asked) -> str:
    """Of what a figure was counted, where that is not what the report tells of."""
    own = asked_of(token, asked)
    school = own.viewpoint.name if token.school else ""
    return "、".join(filter(None, (school, own.period.title if own.period != asked.period else "")))


def plain_text(text: str, asked: Asked) -> str:
    """The same as words."""
    return "".join(map(tree.text_of, inlines_of(text, asked)))


def frozen_words(text: str, frozen: dict[str, str]) -> str:
    """With the numbers as they were issued."""
    parts = []
    for part in split(text):
        if isinstance(part, str):
            parts.append(part)
            continue
        definition = REGISTRY[part.key]
        unit = "" if definition.ratio else definition.unit if part.unit is None else part.unit
        parts.append(f"{frozen.get(part.markup, '')}{unit}")
    return "".join(parts)


def _escaped(text: str) -> str:
    return "".join(_ESCAPED.get(sign, sign) for sign in text)


def _unescaped(text: str) -> str:
    for sign, escaped in reversed(_ESCAPED.items()):
        if sign != "\n":
            text = text.replace(escaped, sign)
    return text
