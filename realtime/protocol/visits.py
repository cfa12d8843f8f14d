"""What is told of help, mentors and notes in a round."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from realtime.protocol.base import Logged, Message


class HelpCallRef(Message):
    """A call for help, and the room that it comes from."""

    call: UUID
    room: UUID


class HelpCalledData(HelpCallRef):
    """Who calls from which door, and why."""

    number: int | None
    name: str
    words: str


class HelpCalled(Logged):
    """On `session-staff:` and `room:`: a room calls for an organizer."""

    type: Literal["help.called"] = "help.called"
    data: HelpCalledData


class HelpTakenData(HelpCallRef):
    """Who comes."""

    name: str


class HelpTaken(Logged):
    """On `session-staff:` and `room:`: an organizer is on the way."""

    type: Literal["help.taken"] = "help.taken"
    data: HelpTakenData


class HelpClosed(Logged):
    """On `session-staff:` and `room:`: the call is done with."""

    type: Literal["help.closed"] = "help.closed"
    data: HelpCallRef


class MentorSaid(Message):
    """A mentor, and the visit that is spoken of: the team's number and the slot's."""

    number: int | None
    slot: int
    name: str


class MentorComing(Logged):
    """On `session-staff:` and `room:`: the mentor is on the way."""

    type: Literal["mentor.coming"] = "mentor.coming"
    data: MentorSaid


class MentorLateData(MentorSaid):
    """When the mentor comes; None: not at all."""

    arrives_at: datetime | None


class MentorLate(Logged):
    """On `session-staff:` and `room:`: the mentor comes later, or cannot come."""

    type: Literal["mentor.late"] = "mentor.late"
    data: MentorLateData


class MentorReplacedData(MentorSaid):
    """Who was due before."""

    former: str


class MentorReplaced(Logged):
    """On `session-staff:` and `room:`: another mentor makes the visit."""

    type: Literal["mentor.replaced"] = "mentor.replaced"
    data: MentorReplacedData


class NoteSavedData(Message):
    """Which version of the shared note is new, and by whom; the page fetches the text."""

    v: int
    by: UUID
    name: str


class NoteSaved(Logged):
    """On `room:`: somebody has saved the note that the room shares."""

    type: Literal["note.saved"] = "note.saved"
    data: NoteSavedData
