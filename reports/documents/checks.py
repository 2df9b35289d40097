"""Warns at start-up where a system library that PDF needs is missing, and says how to get it."""

import ctypes
from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Warning, register

APT_LINE = "apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
PANGO = ("libpango-1.0.so.0", "libpango-1.0.dylib", "libpango-1.0-0.dll")
SUBSET = ("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib", "libharfbuzz-subset-0.dll")


def is_loadable(names: Sequence[str]) -> bool:
    for name in names:
        try:
            ctypes.CDLL(name)
        except OSError:
            continue
        return True
    return False


@register()
def pdf_libraries(**kwargs: Any) -> list[CheckMessage]:
    return library_warnings(has_pango=is_loadable(PANGO), has_subset=is_loadable(SUBSET))


def library_warnings(*, has_pango: bool, has_subset: bool) -> list[CheckMessage]:
    if not has_pango:
        return [Warning("缺少系统库 Pango，不能生成 PDF。", hint=f"请安装：{APT_LINE}", id="reports.W001")]
    if not has_subset:
        # Without it a font is cut by fontTools in Python: 9 pages took 12 s instead of 1 s.
        return [
            Warning(
                "缺少系统库 libharfbuzz-subset，生成 PDF 会慢十倍以上。", hint=f"请安装：{APT_LINE}", id="reports.W002"
            )
        ]
    return []
