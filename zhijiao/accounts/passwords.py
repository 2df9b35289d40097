"""A password is not made of what colleagues know: one's name, school, county, the end of an ID number."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError
from pypinyin import Style, lazy_pinyin

from zhijiao.accounts import scope

_SHORTEST = 4  # letters and digits of a word that may not occur anywhere in it
_ENDINGS = "县市区乡镇校"


class LengthValidator(MinimumLengthValidator):
    """Django's, whose sentence has no translation."""

    def get_error_message(self) -> str:
        return f"密码太短，至少要 {self.min_length} 位"


class ContextWordsValidator:
    """Refuses a password that contains the person's name or a place of theirs, in Chinese or pinyin, or ends of numbers."""

    def validate(self, password: str, user: Any = None) -> None:
        if user is None:
            return
        told = _letters(password)
        for word in words_of(user):
            if word in told:
                raise ValidationError(
                    "密码里有您的姓名、账号、单位或证件号码里的字，熟人很容易猜到，请换一个", code="password_context"
                )
        if any(re.fullmatch(rf"{initials}\d*", told) for initials in _initials_of(user)):
            raise ValidationError("密码只是姓名首字母加数字，很容易猜到，请换一个", code="password_context")

    def get_help_text(self) -> str:
        return "不要用自己的姓名、账号、单位名称、手机号或身份证号里的字"


def words_of(user: Any) -> set[str]:
    """Words of which none may occur in the password."""
    told = [
        user.name,
        user.username,
        user.phone[-6:] if user.phone else "",
        *(scope.words_about(user) if user.pk else []),
    ]
    words: set[str] = set()
    for text in told:
        for part in (text, text.rstrip(_ENDINGS)):
            words |= {_letters(part), _letters("".join(lazy_pinyin(part)))}
    return {word for word in words if len(word) >= (2 if re.search(r"[一-鿿]", word) else _SHORTEST)}


def _initials_of(user: Any) -> set[str]:
    name = user.name or ""
    found = _letters("".join(lazy_pinyin(name, style=Style.FIRST_LETTER)))
    return {found} if len(found) > 1 else set()


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text).casefold()
