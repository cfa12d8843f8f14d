"""Protobuf messages filled by chance."""

import random
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

DEEPEST = 4
TEXTS = ("", "a", "den", "TR_x", "x" * 5000, "\x00", "é𝄞", "../..", "{}", "-1")
INTEGERS = (0, 1, 2, 3, 15, 127, 255, 1 << 15, (1 << 31) - 1)


def fill(message: Message, chance: random.Random, *, depth: int = 0) -> None:
    """Set some fields of a message, and of those inside it, to plausible and odd values."""
    if depth >= DEEPEST:
        return
    chosen: list[Any] = [chance.choice(choice.fields) for choice in message.DESCRIPTOR.oneofs]
    alone = [field for field in message.DESCRIPTOR.fields if field.containing_oneof is None]
    for field in [*chosen, *(each for each in alone if chance.random() < 0.4)]:
        _set(message, field, chance, depth)


def _set(message: Message, field: FieldDescriptor, chance: random.Random, depth: int) -> None:
    value = getattr(message, field.name)
    if _is_map(field):
        _set_entries(value, field, chance)
    elif field.is_repeated:
        for _ in range(chance.choice([1, 2, 40])):
            if field.type == FieldDescriptor.TYPE_MESSAGE:
                fill(value.add(), chance, depth=depth + 1)
            else:
                value.append(_scalar(field, chance))
    elif field.type == FieldDescriptor.TYPE_MESSAGE:
        value.SetInParent()
        fill(value, chance, depth=depth + 1)
    else:
        setattr(message, field.name, _scalar(field, chance))


def _is_map(field: FieldDescriptor) -> bool:
    kind = field.message_type
    return bool(kind and kind.GetOptions().map_entry)


def _set_entries(value: Any, field: FieldDescriptor, chance: random.Random) -> None:
    assert field.message_type
    names = field.message_type.fields_by_name
    if names["value"].type == FieldDescriptor.TYPE_MESSAGE:
        return
    for _ in range(chance.choice([1, 40])):
        value[_scalar(names["key"], chance)] = _scalar(names["value"], chance)


def _scalar(field: FieldDescriptor, chance: random.Random) -> Any:
    if field.enum_type:
        return chance.choice([*(value.number for value in field.enum_type.values), 77])
    if field.type == FieldDescriptor.TYPE_BYTES:
        return chance.randbytes(chance.choice([0, 1, 1000]))
    if field.cpp_type == FieldDescriptor.CPPTYPE_STRING:
        return chance.choice(TEXTS)
    if field.cpp_type == FieldDescriptor.CPPTYPE_BOOL:
        return chance.random() < 0.5
    if field.cpp_type in (FieldDescriptor.CPPTYPE_FLOAT, FieldDescriptor.CPPTYPE_DOUBLE):
        return chance.choice([0.0, -1.0, 1e30, float("nan")])
    return chance.choice(INTEGERS)
