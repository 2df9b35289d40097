"""Personal numbers at rest: AES-256-GCM with the key's id in each value, and a keyed hash to find them by.

A stored value reads `<key id>:<base64 of nonce + ciphertext>`. Without the key neither the value nor the hash
tells anything, not even by trying every possible number.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from functools import cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models

_NONCE = 12  # bytes, as NIST SP 800-38D recommends for GCM


@cache
def _keys(declared: str, secret: str) -> dict[str, bytes]:
    if not declared:
        return {"s": _derived(secret.encode(), b"zhijiao field key")}
    try:
        keys = {
            name: base64.b64decode(key, validate=True)
            for name, _, key in (pair.partition(":") for pair in declared.split(","))
        }
    except ValueError:
        keys = {}
    if not keys or any(len(key) != 32 or not name for name, key in keys.items()):
        raise ImproperlyConfigured("FIELD_KEYS 不对：应写成“编号:密钥”，密钥是 32 个字节的 base64，多个之间用逗号")
    return keys


def _derived(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret)


@cache
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


@cache
def _hash_key(declared: str, secret: str) -> bytes:
    # From the oldest key, so that a new first key does not change the hashes that numbers are found by.
    return _derived(list(_keys(declared, secret).values())[-1], b"zhijiao blind index")


def encrypt(plain: str) -> str:
    name, key = next(iter(_keys(settings.FIELD_KEYS, settings.SECRET_KEY).items()))
    nonce = os.urandom(_NONCE)
    return f"{name}:{base64.b64encode(nonce + _cipher(key).encrypt(nonce, plain.encode(), name.encode())).decode()}"


def decrypt(stored: str) -> str:
    """The plain value. ImproperlyConfigured where the key is missing or wrong: never half a value."""
    name, _, packed = stored.partition(":")
    key = _keys(settings.FIELD_KEYS, settings.SECRET_KEY).get(name)
    if key is None:
        raise ImproperlyConfigured(f"没有编号为“{name}”的密钥，读不出加密的证件号码；请检查 FIELD_KEYS")
    sealed = base64.b64decode(packed)
    try:
        return _cipher(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], name.encode()).decode()
    except InvalidTag:
        raise ImproperlyConfigured("密钥不对，读不出加密的证件号码；请检查 FIELD_KEYS 或 SECRET_KEY") from None


def blind_index(plain: str) -> str:
    """The keyed hash by which an encrypted value is found again; empty for an empty value."""
    if not plain:
        return ""
    return hmac.new(_hash_key(settings.FIELD_KEYS, settings.SECRET_KEY), plain.encode(), hashlib.sha256).hexdigest()


class EncryptedField(models.TextField):
    """Text that is encrypted in the database and plain on the instance. Can't be filtered by: see `blind_index`."""

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return encrypt(value) if value else value

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return decrypt(value) if value else value

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name not in ("isnull", "exact"):
            raise TypeError("an encrypted field is found by its blind index")
        return super().get_lookup(lookup_name)


class BlindIndexField(models.CharField):
    """The keyed hash of an encrypted field of the same model, kept up to date by itself."""

    def __init__(self, *args: Any, of: str = "", **kwargs: Any) -> None:
        self.of = of
        kwargs.setdefault("max_length", 64)
        kwargs.setdefault("blank", True)
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "of": self.of}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        value = blind_index(getattr(model_instance, self.of) or "")
        setattr(model_instance, self.attname, value)
        return value
