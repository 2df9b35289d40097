"""Small parts of the look that templates use."""

from django import template
from django.utils.safestring import SafeString

from zhijiao.detail import icon as drawn_icon

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """{% icon "bell" %}: one of the icons, beside a word."""
    return drawn_icon(name)
