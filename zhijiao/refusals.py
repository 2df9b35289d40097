"""A step that cannot be taken as things stand is refused in words, with 409, and nothing has changed.

Two people who do the same at one moment both find it undone; then the database refuses the second one. What it says becomes
words in one place, `atomically`: the sentence that stands beside the constraint. Every function that makes or renames
something which may be there only once is in such a block, and so is every view that `tells_refusals`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

View = Callable[..., HttpResponseBase]


class Refused(Exception):  # noqa: N818  # an answer, not an error
    """Why not, as a Chinese sentence. Raised by the function that acts, before anything has changed."""


class WordsNeeded(Refused):
    """A reason that has to be given is missing. A page that asked for it tells so beside the field, and keeps what was typed."""


_sentences: list[Callable[[Exception], str | None]] = []
_SQLITE_FIELDS = re.compile(r"UNIQUE constraint failed: (\w+\.\w+(?:, \w+\.\w+)*)$")
_NAMED = re.compile(r"(?:constraint failed: (?:index ')?|constraint \")(?P<name>\w+)")


def also_tells(sentence: Callable[[Exception], str | None]) -> None:
    """An app whose triggers refuse says here what they mean; None where another rule refused."""
    if sentence not in _sentences:
        _sentences.append(sentence)


@contextmanager
def atomically() -> Iterator[None]:
    """A transaction, in which a constraint of the database that refuses is `Refused` in the words of the constraint."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        words = words_of(error)
        if words is None:
            raise
        raise Refused(words) from error


def words_of(error: IntegrityError) -> str | None:
    """What the constraint says that refused; None where it has no words, which is a fault of ours."""
    for sentence in _sentences:
        if (words := sentence(error)) is not None:
            return words
    told = str(error)
    columns = _SQLITE_FIELDS.search(told)
    if columns:
        return _words_of_columns(set(columns[1].split(", ")))
    named = _NAMED.search(told)
    return _words_of_name(named["name"]) if named else None


def _words_of_name(name: str) -> str | None:
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if constraint.name == name:
                return str(constraint.violation_error_message)
        for field in _unique_fields(model):  # PostgreSQL names these itself
            if name.startswith(f"{model._meta.db_table}_{field.column}_"):
                return _words_of_field(field)
    return None


def _words_of_columns(columns: set[str]) -> str | None:
    """SQLite tells the columns instead of the name, unless the constraint is over an expression."""
    for model in apps.get_models():
        table = model._meta.db_table
        for constraint in model._meta.constraints:
            fields = constraint.fields if isinstance(constraint, models.UniqueConstraint) else ()
            if fields and {f"{table}.{model._meta.get_field(name).column}" for name in fields} == columns:  # type: ignore[union-attr]
                return str(constraint.violation_error_message)
        for field in _unique_fields(model):
            if {f"{table}.{field.column}"} == columns:
                return _words_of_field(field)
    return None


def _unique_fields(model: type[models.Model]) -> list[Any]:
    return [field for field in model._meta.local_concrete_fields if field.unique and not field.primary_key]


def _words_of_field(field: Any) -> str:
    return f"这个{field.verbose_name}刚刚被别人用了，请换一个，或刷新后再看"


def tells_refusals(view: View) -> View:
    """A view whose functions may refuse: what they say becomes a page, and whatever had been changed is taken back."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            with atomically():
                return view(request, *args, **kwargs)
        except Refused as refused:
            return _told(request, refused)

    return answered


def _told(request: HttpRequest, refused: Refused) -> HttpResponse:
    back = request.META.get("HTTP_REFERER", "") if request.method == "POST" else ""
    is_ours = back.startswith(f"{request.scheme}://{request.get_host()}/")
    return render(request, "409.html", {"words": str(refused), "back": back if is_ours else ""}, status=409)


class TellRefusals:
    """What a guard refuses deep below a view that expected no refusal is told in words too, and is no fault."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return _told(request, exception) if isinstance(exception, Refused) else None
