"""Codes that people type: easy to read from paper, kept as a keyed hash only."""

from __future__ import annotations

import secrets
import unicodedata

from django.utils.crypto import salted_hmac

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # 5 bits a letter, without 0 1 I O
GROUP = 4


def new_code(letters: int) -> str:
    """K7QM-3XWA-P2RT: at random, in groups of four."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(letters))
    return "-".join(drawn[first : first + GROUP] for first in range(0, letters, GROUP))


def plain(typed: str) -> str:
    """As it was drawn: without groups, however it was typed."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", typed).upper() if letter.isalnum())


def digest(purpose: str, typed: str) -> str:
    return salted_hmac(f"zhijiao.codes.{purpose}", plain(typed), algorithm="sha256").hexdigest()
