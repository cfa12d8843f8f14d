"""Turning good messages into bad ones, by chance that a seed decides."""

import random
from collections.abc import Callable, Sequence

LARGEST = 60_000
BYTES = (0x00, 0x01, 0x0F, 0x10, 0x7F, 0x80, 0x90, 0xBE, 0xDE, 0xFE, 0xFF)
WORDS = (0, 1, 2, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF)
NUMBERS = (
    "0",
    "-1",
    "1",
    "15",
    "16",
    "255",
    "256",
    "65535",
    "65536",
    "99999999999",
    "٣",
    "1e9",
    "",
)
WORDS_OF_TEXT = ("", "\x00", " ", ":", ";", "/", "*", "x" * 300, "é", "𝄞", "\r", "%s", "a=", "m=")


def bend(data: bytes, chance: random.Random) -> bytes:
    """Change bytes in one to four ways."""
    for _ in range(chance.randrange(1, 5)):
        data = chance.choice(_WAYS)(data, chance)
    return data[:LARGEST]


def bend_text(text: str, chance: random.Random) -> str:
    """Change the lines of a text, or what is in them, in one to four ways."""
    lines = text.split("\r\n")
    for _ in range(chance.randrange(1, 5)):
        lines = chance.choice(_WAYS_OF_TEXT)(lines, chance)
    return "\r\n".join(lines)[:LARGEST]


def _flip(data: bytes, chance: random.Random) -> bytes:
    if not data:
        return data
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]


def _set_byte(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + bytes([chance.choice(BYTES)]) + data[at + 1 :]


def _set_word(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + chance.choice(WORDS).to_bytes(2, "big") + data[at + 2 :]


def _cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def _take_out(data: bytes, chance: random.Random) -> bytes:
    start, end = _stretch(data, chance)
    return data[:start] + data[end:]


def _put_in(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + chance.randbytes(chance.randrange(1, 40)) + data[at:]


def _repeat(data: bytes, chance: random.Random) -> bytes:
    start, end = _stretch(data, chance)
    return data[:end] + data[start:end] * chance.choice([1, 2, 50]) + data[end:]


def _stretch(data: bytes, chance: random.Random) -> tuple[int, int]:
    start = chance.randrange(len(data) + 1)
    return start, min(len(data), start + chance.randrange(1, 64))


def _drop_line(lines: list[str], chance: random.Random) -> list[str]:
    at = chance.randrange(len(lines))
    return lines[:at] + lines[at + 1 :] or [""]


def _double_line(lines: list[str], chance: random.Random) -> list[str]:
    at = chance.randrange(len(lines))
    return lines[:at] + [lines[at]] * chance.choice([2, 3, 300]) + lines[at + 1 :]


def _move_line(lines: list[str], chance: random.Random) -> list[str]:
    moved = list(lines)
    moved.insert(chance.randrange(len(lines)), moved.pop(chance.randrange(len(lines))))
    return moved


def _change_number(lines: list[str], chance: random.Random) -> list[str]:
    at = chance.randrange(len(lines))
    digits = [n for n, letter in enumerate(lines[at]) if letter.isdigit()]
    if not digits:
        return lines
    place = chance.choice(digits)
    line = lines[at][:place] + chance.choice(NUMBERS) + lines[at][place + 1 :]
    return [*lines[:at], line, *lines[at + 1 :]]


def _change_words(lines: list[str], chance: random.Random) -> list[str]:
    at = chance.randrange(len(lines))
    place = chance.randrange(len(lines[at]) + 1)
    end = place + chance.randrange(12)
    line = lines[at][:place] + chance.choice(WORDS_OF_TEXT) + lines[at][end:]
    return [*lines[:at], line, *lines[at + 1 :]]


def _change_bytes(lines: list[str], chance: random.Random) -> list[str]:
    at = chance.randrange(len(lines))
    line = bend(lines[at].encode(), chance).decode("utf-8", "replace")
    return [*lines[:at], line, *lines[at + 1 :]]


_WAYS: Sequence[Callable[[bytes, random.Random], bytes]] = (
    *(_flip, _set_byte, _set_word),
    *(_cut, _take_out, _put_in, _repeat),
)
_WAYS_OF_TEXT: Sequence[Callable[[list[str], random.Random], list[str]]] = (
    *(_drop_line, _double_line, _move_line),
    *(_change_number, _change_words, _change_bytes),
)
