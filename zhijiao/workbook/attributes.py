"""How a column's value is kept on a record: one field, a relation, or several fields behind one value object."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models

from zhijiao.encryption import BlindIndexField, EncryptedField, decrypt, encrypt
from zhijiao.workbook.cells import CellProblem
from zhijiao.workbook.description import Column, Sheet


@dataclass(frozen=True)
class Attribute:
    """One attribute of a model that a column or `prepare` sets."""

    name: str
    stored: tuple[str, ...]  # names of the concrete fields, as instances keep them
    is_relation: bool
    is_composite: bool
    empty: Any
    may_be_null: bool
    validators: tuple[Callable[[Any], None], ...]

    @classmethod
    def of(cls, model: type[models.Model], name: str) -> Attribute:
        try:
            field = model._meta.get_field(name)
        except FieldDoesNotExist:
            descriptor = getattr(model, name)
            columns = tuple(descriptor.columns)
            return cls(name, columns, False, True, getattr(model(), name), True, (_parts_check(model, name, columns),))
        if not isinstance(field, models.Field):
            raise TypeError(f"{model.__name__}.{name} is no field of its own table")
        empty = None if field.is_relation else field.get_default()
        checks = () if field.is_relation else tuple(field.validators)
        return cls(name, (field.attname,), field.is_relation, False, empty, field.null, checks)

    def get(self, instance: models.Model) -> Any:
        """The value; of a relation, its key."""
        return instance.__dict__[self.stored[0]] if self.is_relation else getattr(instance, self.name)

    def differs(self, instance: models.Model, value: Any) -> bool:
        if self.is_relation:
            key = None if value is None else value.pk
            return bool(instance.__dict__[self.stored[0]] != key) or (value is not None and key is None)
        return bool(getattr(instance, self.name) != value)

    def check(self, value: Any) -> None:
        """CellProblem where one of the field's own validators says no."""
        for validate in self.validators:
            try:
                validate(value)
            except ValidationError as problem:
                raise CellProblem("；".join(problem.messages)) from None


def _parts_check(model: type[models.Model], name: str, columns: tuple[str, ...]) -> Callable[[Any], None]:
    """The validators of the fields behind a value object, as one."""
    record = model()

    def check(value: Any) -> None:
        setattr(record, name, value)
        for column in columns:
            part = getattr(record, column)
            if part not in (None, ""):
                model._meta.get_field(column).run_validators(part)  # type: ignore[union-attr]

    return check


def attributes(sheet: Sheet) -> dict[str, Attribute]:
    """Of all columns and derived fields, by "attribute" or "part.attribute"."""
    names = [*(column.field for column in sheet.columns), *sheet.derived]
    found = {}
    for name in dict.fromkeys(names):
        part, _, attribute = name.rpartition(".")
        found[name] = Attribute.of(sheet.parts[part].model if part else sheet.model, attribute)
    return found


def starting_value(column: Column, attribute: Attribute) -> Any:
    """What an empty cell means, unless the column's default is to be computed."""
    if column.default is not None and not callable(column.default):
        return column.default
    return attribute.empty


def followers(model: type[models.Model], stored: Iterable[str]) -> list[BlindIndexField]:
    """The keyed hashes that must be written together with these fields."""
    names = set(stored)
    return [field for field in model._meta.concrete_fields if isinstance(field, BlindIndexField) and field.of in names]


def kept(field: models.Field[Any, Any], value: Any) -> Any:
    """A field's value for the record of an import: encrypted where the database has it encrypted."""
    if isinstance(field, EncryptedField):
        return encrypt(value) if value else ""
    return field.get_prep_value(value)


def restored(field: models.Field[Any, Any], value: Any) -> Any:
    """What `kept` put away and JSON brought back."""
    if isinstance(field, EncryptedField):
        return decrypt(value) if value else ""
    return field.to_python(value)


def recorded_fields(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """The fields whose values say what a record is: neither its key nor what is computed when it is saved."""
    return [
        field
        for field in model._meta.concrete_fields
        if not field.primary_key
        and not isinstance(field, BlindIndexField)
        and not getattr(field, "auto_now", False)
        and not getattr(field, "auto_now_add", False)
    ]


def relation_key(model: type[models.Model], name: str) -> str:
    """How instances keep the key of a relation, or a plain field itself."""
    found = model._meta.get_field(name)
    if not isinstance(found, models.Field):
        raise TypeError(f"{model.__name__}.{name} is no field of its own table")
    return found.attname
