"""Keeps personal numbers out of the logs: whatever looks like an ID number, a mobile number or a bank card is hidden.

So is what stands in the address of a questionnaire or a certificate: who holds it may answer, or read.
"""

import logging
import re

_NUMBERS = re.compile(r"(?<!\d)(?:\d{17}[\dXx]|1[3-9]\d{9}|\d{16,19})(?!\d)")
_CODES = re.compile(r"(/[qv]/)(?!done/)[^/\s?\"']+")


class HidePersonalData(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        cleaned = _NUMBERS.sub(lambda found: found[0][:3] + "*" * (len(found[0]) - 3), message)
        cleaned = _CODES.sub(r"\1…", cleaned)
        cleaned = (
            cleaned.replace("\r", "\\r").replace("\n", "\\n") if record.name.startswith("django.request") else cleaned
        )
        if cleaned != message:
            record.msg, record.args = cleaned, ()
        return True
