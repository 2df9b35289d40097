"""A short list of words in one field, such as the topics of a talk; typed with 、 between them."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django.db import models

_BETWEEN = re.compile(r"[、,;\n]+")


def split_words(raw: Any) -> list[str]:
    """The words in a cell or a form field, in their order, each once."""
    if raw is None:
        return []
    if isinstance(raw, list | tuple):
        words = [str(word).strip() for word in raw]
    else:
        text = str(raw).replace("，", "、").replace("；", "、")  # not all of NFKC: words keep their own brackets
        words = [word.strip().strip("\u3000\u200b\ufeff") for word in _BETWEEN.split(text)]
    return list(dict.fromkeys(unicodedata.normalize("NFC", word) for word in words if word))


class WordListField(models.JSONField):
    """Stores a list of words as JSON."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", list)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)
