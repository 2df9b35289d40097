"""From where somebody comes: the address of the machine, and what their browser calls itself."""

from __future__ import annotations

import ipaddress
import re

from django.conf import settings
from django.http import HttpRequest

_SYSTEMS = (
    ("HarmonyOS", "鸿蒙"), ("iPad", "iPad"), ("iPhone", "iPhone"), ("Android", "安卓手机"), ("Windows", "Windows 电脑"),
    ("Macintosh", "苹果电脑"), ("CrOS", "Chromebook"), ("Linux", "Linux 电脑"),
)  # fmt: skip
# A browser built on another names both, so the more special one stands first.
_BROWSERS = (
    ("MicroMessenger", "微信"), ("DingTalk", "钉钉"), ("QQBrowser", "QQ 浏览器"), ("UCBrowser", "UC 浏览器"), ("360", "360 浏览器"),
    ("Edg", "Edge"), ("Firefox", "火狐"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip


def client_address(request: HttpRequest) -> str | None:
    """The address the request comes from; None where the server does not know one.

    Each proxy of ours (TRUSTED_PROXIES) adds the address it was asked from at the right of X-Forwarded-For. What stands
    farther left came with the request and can be made up, so it is never looked at.
    """
    direct = _valid(request.META.get("REMOTE_ADDR", ""))
    told = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    proxies: int = settings.TRUSTED_PROXIES
    if proxies and len(told) >= proxies:
        return _valid(told[-proxies]) or direct
    return direct


def _valid(text: str) -> str | None:
    try:
        return str(ipaddress.ip_address(re.sub(r"^\[|\](:\d+)?$", "", text)))
    except ValueError:
        return None


def limit_key(address: str | None) -> str:
    """What is counted together: an IPv4 address, or the /64 network that one IPv6 customer gets."""
    if address is None:
        return "unknown"
    known = ipaddress.ip_address(address)
    if isinstance(known, ipaddress.IPv6Address):
        if known.ipv4_mapped:
            return str(known.ipv4_mapped)
        return str(ipaddress.ip_network((known, 64), strict=False))
    return str(known)


def device(request: HttpRequest) -> str:
    """安卓手机 · 微信: enough to know one's own devices apart."""
    agent = request.META.get("HTTP_USER_AGENT", "")
    parts = (next((name for mark, name in known if mark in agent), "") for known in (_SYSTEMS, _BROWSERS))
    return " · ".join(part for part in parts if part) or "认不出的设备"
