"""What becomes of a crowd's registrations, worked out in memory by the rules of
`server.registration.actions`, so that thousands of rows can be written at once.

A test lets both do the same and compares what they leave.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple
from uuid import UUID

from server.events.models import Participation, ParticipationRole, Role
from server.registration.actions import EVENT_CANCELLED, SEAT_FREED
from server.registration.models import Registration, RegistrationChange, RegistrationState
from server.registration.rules import may_cancel, seat_or_waitlist

ASKED: Final = RegistrationState.ASKED
SEATED: Final = RegistrationState.SEATED
WAITING: Final = RegistrationState.WAITING
CANCELLED: Final = RegistrationState.CANCELLED


class Verb(StrEnum):
    """What somebody does with a registration."""

    REGISTER = "register"
    APPROVE = "approve"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something that is done with an account's place at the event (None) or at a session."""

    at: datetime
    verb: Verb
    account: UUID
    actor: UUID
    session: UUID | None = None
    words: str = ""
    reason: str = ""


class _By(NamedTuple):
    """When, by whom and why a registration changes."""

    at: datetime
    actor: UUID | None
    reason: str


@dataclass
class Ledger:
    """The registrations of one event as they come to stand.

    `capacities`: of the event (None), and of the sessions that are by seat.
    """

    event_id: UUID
    capacities: Mapping[UUID | None, int | None]
    approval: bool = False
    participations: dict[UUID, Participation] = field(default_factory=dict)  # by account
    registrations: dict[tuple[UUID, UUID | None], Registration] = field(default_factory=dict)
    changes: list[RegistrationChange] = field(default_factory=list)
    _seated: dict[UUID | None, int] = field(init=False)
    _last: dict[UUID | None, int] = field(init=False)  # the last place given
    _waiting: dict[UUID | None, list[Registration]] = field(init=False)  # by their places

    def __post_init__(self) -> None:
        self._seated = dict.fromkeys(self.capacities, 0)
        self._last = dict.fromkeys(self.capacities, 0)
        self._waiting = {of: [] for of in self.capacities}

    def play(self, steps: Iterable[Step]) -> None:
        """Let the steps happen, one after the other."""
        does = {
            Verb.REGISTER: self._register,
            Verb.APPROVE: self._approve,
            Verb.CANCEL: self._cancel,
        }
        for step in steps:
            does[step.verb](step, _By(step.at, step.actor, step.reason))

    def roles(self) -> Iterator[ParticipationRole]:
        """Who has a seat at the event is a participant, nobody else."""
        for registration in self.registrations.values():
            if registration.session_id is None and registration.state is SEATED:
                id_ = registration.participation_id
                yield ParticipationRole(participation_id=id_, role=Role.PARTICIPANT)

    def _register(self, step: Step, by: _By) -> None:
        if step.session and not self._at_event(step.account):
            return
        registration = self._registration(step)
        if registration.state is not CANCELLED:
            return
        registration.words = step.words
        if self.approval and step.session is None and step.actor == step.account:
            self._move(registration, ASKED, None, by)
        else:
            self._move(registration, *self._next_place(step.session), by)

    def _at_event(self, account: UUID) -> bool:
        at_event = self.registrations.get((account, None))
        return at_event is not None and at_event.state in (SEATED, ASKED)

    def _registration(self, step: Step) -> Registration:
        """The one that is known, or a fresh one that was not in any state yet (`v` 0)."""
        key = step.account, step.session
        if key not in self.registrations:
            self.registrations[key] = Registration(
                event_id=self.event_id,
                participation_id=self._participation(step).id,
                session_id=step.session,
                state=CANCELLED,
                created_at=step.at,
                changed_at=step.at,
                v=0,
            )
        return self.registrations[key]

    def _participation(self, step: Step) -> Participation:
        if step.account not in self.participations:
            self.participations[step.account] = Participation(
                event_id=self.event_id, account_id=step.account, created_at=step.at
            )
        return self.participations[step.account]

    def _approve(self, step: Step, by: _By) -> None:
        registration = self.registrations.get((step.account, None))
        if registration is not None and registration.state is ASKED:
            self._move(registration, *self._next_place(None), by)

    def _cancel(self, step: Step, by: _By) -> None:
        if step.session is None:  # the seats in its sessions go with it
            with_it = by._replace(reason=by.reason or EVENT_CANCELLED)
            for session in filter(None, self.capacities):
                self._give_back(self.registrations.get((step.account, session)), with_it)
        self._give_back(self.registrations.get((step.account, step.session)), by)

    def _give_back(self, registration: Registration | None, by: _By) -> None:
        if registration is None or not may_cancel(registration.state):
            return
        self._move(registration, CANCELLED, registration.place, by)
        waiting = self._waiting[registration.session_id]
        while waiting and self._next_state(registration.session_id) is SEATED:
            self._move(waiting[0], SEATED, waiting[0].place, _By(by.at, None, SEAT_FREED))

    def _next_place(self, of: UUID | None) -> tuple[RegistrationState, int | None]:
        state = self._next_state(of)
        if state is SEATED:
            return state, None
        self._last[of] += 1
        return state, self._last[of]

    def _next_state(self, of: UUID | None) -> RegistrationState:
        return seat_or_waitlist(capacity=self.capacities[of], seated=self._seated[of])

    def _move(
        self, registration: Registration, state: RegistrationState, place: int | None, by: _By
    ) -> None:
        """The one way in which a registration changes, as in `actions`."""
        of, before = registration.session_id, registration.state
        self._seated[of] += (state is SEATED) - (before is SEATED)
        if before is WAITING:
            self._waiting[of].remove(registration)
        if state is WAITING:
            self._waiting[of].append(registration)
        registration.state, registration.place = state, place
        registration.changed_at = by.at
        registration.v += 1
        self.changes.append(
            RegistrationChange(
                registration_id=registration.id,
                at=by.at,
                actor_id=by.actor,
                before=before if registration.v > 1 else None,
                after=state,
                reason=by.reason,
            )
        )
