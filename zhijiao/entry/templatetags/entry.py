"""The hidden token of a form."""

import secrets

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from zhijiao.entry.turns import FIELD

register = template.Library()


@register.simple_tag
def once_token() -> SafeString:
    """A form with this has one effect, however often it is sent."""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, secrets.token_hex(16))
