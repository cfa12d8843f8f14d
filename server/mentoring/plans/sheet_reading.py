"""What a spreadsheet program in Japan made of a plan, read back. Nothing is taken from a file in
which anything is not understood.
"""

import csv
import io
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple
from uuid import UUID

from server.core.i18n import N_
from server.mentoring.models import Round, Slot
from server.mentoring.plans.planning import Person, Planning
from server.mentoring.plans.rules import Visit
from server.mentoring.plans.sheets import HEADER

NEEDED: Final = ("ラウンド", "枠")
MOST_LINES: Final = 5_000
MOST_BYTES: Final = 150_000  # in UTF-8 half as much again; a request may have 262,144
_NEUTRALIZED: Final = ("'=", "'+", "'-", "'@", "'\t", "'\r")

# What can be wrong with a file, and the sentence for it.
PROBLEMS: Final = {
    "empty": N_("行がありません。"),
    "letters": N_("文字の種類がわかりません。CSV（UTF-8）かCSV（Shift_JIS）で保存してください。"),
    "long": N_("行が多すぎます。"),
    "columns": N_("1行目に「{missing}」の列がありません。"),
    "round": N_("「{text}」というラウンドはありません。"),
    "slot": N_("第{round}ラウンドに「{text}」という枠はありません。"),
    "room": N_("ルーム「{text}」のチームはありません。"),
    "team": N_("「{text}」というチームはありません。"),
    "which_team": N_("「{text}」というチームはいくつもあります。ルームの番号を書いてください。"),
    "other_team": N_("ルーム{room}は「{is_}」です。「{text}」と書いてあります。"),
    "no_team": N_("ルームもチームもありません。"),
    "address": N_("アドレス「{text}」のメンターはいません。"),
    "mentor": N_("「{text}」というメンターはいません。"),
    "which_mentor": N_("「{text}」というメンターは何人もいます。アドレスを書いてください。"),
    "other_mentor": N_("{address}は{is_}さんです。「{text}」と書いてあります。"),
    "same_mentor": N_("{mentor}さんは、この枠に{line}行目でもう行きます。"),
    "same_team": N_("{team}には、この枠に{line}行目でもうメンターがいます。"),
    "locked": N_("{mentor}さんと{team}は固定されています。固定をはずしてから変えてください。"),
}


class Problem(NamedTuple):
    """What is wrong in a line (0: in the file as a whole); `details` fill the sentence."""

    line: int
    what: str
    details: dict[str, object]


@dataclass(frozen=True, slots=True)
class Read:
    """What a file says: all visits of the plan as they would be, or what is wrong.

    `passed`: how many lines were about rounds that have begun, and are not looked at.
    """

    visits: list[Visit]
    problems: list[Problem]
    passed: int = 0


def decoded(content: bytes) -> str | None:
    """The text of a file: UTF-8, UTF-16 with its mark, or what Excel in Japan calls CSV (cp932)."""
    for encoding in ("utf-8-sig", "utf-16", "cp932"):
        if encoding == "utf-16" and content[:2] not in (b"\xff\xfe", b"\xfe\xff"):
            continue
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def read(text: str, planning: Planning) -> Read:
    """What a table means for a plan. Rounds that it does not name stay as they are, and so do
    locked visits and what has begun.
    """
    lines = _lines(text)
    if len(lines) < 2:
        return Read([], [Problem(0, "empty", {})])
    if len(lines) > MOST_LINES:
        return Read([], [Problem(0, "long", {})])
    heads = [_plain(cell) for cell in lines[0][1]]
    missing = [name for name in NEEDED if name not in heads]
    if missing:
        return Read([], [Problem(1, "columns", {"missing": missing[0]})])
    reader = _Reader(planning)
    for number, cells in lines[1:]:
        texts = dict(zip(heads, map(_plain, cells), strict=False))
        reader.line(number, {name: texts.get(name, "") for name in HEADER})
    return reader.result()


def _lines(text: str) -> list[tuple[int, list[str]]]:
    """Number and cells of each line that has any."""
    first = text.partition("\n")[0]
    table = csv.reader(io.StringIO(text, newline=""), delimiter="\t" if "\t" in first else ",")
    found = []
    for cells in table:
        if any(cell.strip() for cell in cells):
            found.append((table.line_num, cells))
        if len(found) > MOST_LINES:
            break
    return found


def _plain(cell: str) -> str:
    """A cell as it was meant: without the mark that keeps it from being run, in plain widths."""
    text = cell[1:] if cell.startswith(_NEUTRALIZED) else cell
    return " ".join(unicodedata.normalize("NFKC", text).split())


def _number(text: str) -> int | None:
    digits = text.removeprefix("第").removesuffix("ラウンド").removesuffix("枠").strip()
    return int(digits) if digits.isdecimal() and len(digits) < 6 else None


class _Wrong(Exception):
    """A line is not understood."""

    def __init__(self, what: str, **details: object) -> None:
        super().__init__(what)
        self.what, self.details = what, details


class _Reader:
    """Reads line by line, and remembers which line said what."""

    def __init__(self, planning: Planning) -> None:
        self.planning = planning
        self.found: dict[Visit, int] = {}
        self.lines: dict[tuple[UUID, UUID], int] = {}  # by slot, and mentor or team
        self.named: set[UUID] = set()  # rounds
        self.problems: list[Problem] = []
        self.passed = 0
        self._rooms = {team.number: team for team in planning.teams.values()}
        self._teams = _by_text((_plain(t.name), t.id) for t in planning.teams.values())
        people = planning.people.items()
        self._names = _by_text((_folded(p.name), id_) for id_, p in people)
        self._addresses = {p.address.casefold(): id_ for id_, p in people}

    def line(self, number: int, cells: dict[str, str]) -> None:
        """Understand a line, or say what is wrong with it."""
        try:
            self._line(number, cells)
        except _Wrong as wrong:
            self.problems.append(Problem(number, wrong.what, wrong.details))

    def _line(self, number: int, cells: dict[str, str]) -> None:
        round_ = self._round(cells["ラウンド"])
        slots = self.planning.slots[round_.id]
        if slots[0].id in self.planning.fixed:
            self.passed += 1
            return
        self.named.add(round_.id)
        team = self._team(cells["ルーム"], cells["チーム"])
        if not cells["メンター"] and not cells["メンターのアドレス"]:
            return  # a team without a visit
        slot = self._slot(round_, slots, cells["枠"])
        mentor = self._mentor(cells["メンター"], cells["メンターのアドレス"])
        visit = Visit(slot.id, team, mentor)
        self._ensure_free(visit, number)
        self.found[visit] = number

    def result(self) -> Read:
        """All visits of the plan as they would be, when everything was understood."""
        slots = self.planning.board.slots
        stay = [v for v in self.planning.held if slots[v.slot_id] not in self.named]
        locked = [v for v, on in self.planning.held.items() if on and v not in self.found]
        for visit in locked:
            if slots[visit.slot_id] in self.named and visit.slot_id not in self.planning.fixed:
                self._keep(visit)
        if self.problems:
            return Read([], sorted(self.problems), self.passed)
        return Read([*stay, *self.found], [], self.passed)

    def _keep(self, locked: Visit) -> None:
        """A locked visit that the file does not have stays; what the file has in its place is
        wrong.
        """
        slots = self.planning.board.slots
        for visit, number in self.found.items():
            same_team = visit.team_id == locked.team_id
            if (same_team and slots[visit.slot_id] == slots[locked.slot_id]) or (
                visit.mentor_id == locked.mentor_id and visit.slot_id == locked.slot_id
            ):
                self.problems.append(Problem(number, "locked", self._words(locked)))
                return
        self.found[locked] = 0

    def _round(self, text: str) -> Round:
        number = _number(text)
        for round_ in self.planning.rounds:
            if round_.number == number:
                return round_
        raise _Wrong("round", text=text)

    def _slot(self, round_: Round, slots: list[Slot], text: str) -> Slot:
        number = _number(text)
        for slot in slots:
            if slot.number == number:
                return slot
        raise _Wrong("slot", text=text, round=round_.number)

    def _team(self, room: str, name: str) -> UUID:
        if room:
            team = self._rooms.get(_number(room))
            if team is None:
                raise _Wrong("room", text=room)
            if name and name != _plain(team.name):
                raise _Wrong("other_team", room=team.number, is_=team.name, text=name)
            return team.id
        if not name:
            raise _Wrong("no_team")
        found = self._teams[name]
        if len(found) != 1:
            raise _Wrong("which_team" if found else "team", text=name)
        return found[0]

    def _mentor(self, name: str, address: str) -> UUID:
        if address:
            id_ = self._addresses.get(address.casefold())
            if id_ is None:
                raise _Wrong("address", text=address)
            person = self.planning.people[id_]
            if name and _folded(name) != _folded(person.name):
                raise _Wrong("other_mentor", address=address, is_=person.name, text=name)
            return id_
        found = self._names[_folded(name)]
        if len(found) != 1:
            raise _Wrong("which_mentor" if found else "mentor", text=name)
        return found[0]

    def _ensure_free(self, visit: Visit, number: int) -> None:
        for what, id_ in (("same_mentor", visit.mentor_id), ("same_team", visit.team_id)):
            before = self.lines.setdefault((visit.slot_id, id_), number)
            if before != number:
                raise _Wrong(what, line=before, **self._words(visit))

    def _words(self, visit: Visit) -> dict[str, object]:
        person: Person = self.planning.people[visit.mentor_id]
        return {"mentor": person.name, "team": self.planning.teams[visit.team_id].name}


def _folded(name: str) -> str:
    """A name however its parts are spaced."""
    return _plain(name).replace(" ", "").casefold()


def _by_text(pairs: Iterable[tuple[str, UUID]]) -> defaultdict[str, list[UUID]]:
    found = defaultdict[str, list[UUID]](list)
    for text, id_ in pairs:
        found[text].append(id_)
    return found
