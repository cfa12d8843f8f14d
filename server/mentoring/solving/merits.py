"""What every mentor and team of a plan are worth to each other, and the task that follows."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from sqlmodel import col, select

from server.core.db import Db
from server.events import queries as events
from server.events.models import Participation, Topic
from server.mentoring import queries
from server.mentoring.matching.task import Task
from server.mentoring.matching.worth import Offered, Reason, Wanted, Weights, Wishes, earned
from server.mentoring.models import Apart, Mentor, Team
from server.mentoring.plans.models import Assignment, Plan, PlanState
from server.mentoring.plans.planning import Planning
from server.mentoring.solving import weights as weighing
from server.mentoring.solving import wire
from server.mentoring.wishes import queries as wish_queries
from server.registration.search import folded

Pair = tuple[UUID, UUID]  # mentor, team


@dataclass(frozen=True, slots=True, kw_only=True)
class Merits:
    """Points by pair and reason, by the weights of a plan; `met` are pairs of a training before,
    `apart` why two must not meet.
    """

    weights: Weights
    earned: Mapping[Pair, dict[Reason, int]]
    wishes: Mapping[Pair, Wishes]
    topics: Mapping[UUID, Topic]
    apart: Mapping[Pair, Apart]

    def fit(self, mentor_id: UUID, team_id: UUID) -> int:
        """The points of a pair."""
        return sum(self.earned[mentor_id, team_id].values())

    def task(self, planning: Planning, *, near: bool = False) -> Task:
        """The best plan is asked for; what is locked or has begun stays.

        Args:
            near: as few changes as can be against what is published, or else the draft as it
                stands, come before points.
        """
        fixed = {v for v, locked in planning.held.items() if locked or v.slot_id in planning.fixed}
        worth = {pair: sum(parts.values()) for pair, parts in self.earned.items()}
        before = planning.before if planning.published else frozenset(planning.held)
        task = Task(
            board=planning.open_board,
            worth=worth,
            fixed=frozenset(fixed),
            load=self.weights.load,
            before=before,
        )
        return replace(task, stay=task.more_than_all) if near else task


def hash_of(task: Task) -> str:
    """Names everything that a best plan depends on, but for what an organizer has fixed."""
    said = json.dumps(wire.inputs(task), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()


async def merits_of(db: Db, planning: Planning) -> Merits:
    """Read what teams and mentors want, offer and wish for, in a few queries however many."""
    topics = {topic.id: topic for topic in await events.topics_of(db, planning.event)}
    wishes = await wish_queries.by_pair(db, planning.event.id)
    met = await _met_before(db, planning)
    weights = weighing.of(planning.plan)
    wanted = {team.id: _wanted(team, topics) for team in planning.teams.values()}
    regions = {each.region for each in wanted.values() if each.region}
    offered = {
        mentor_id: _offered(person.mentor, regions) for mentor_id, person in planning.people.items()
    }
    mentors = [person.mentor for person in planning.people.values()]
    return Merits(
        weights=weights,
        earned={
            (mentor_id, team_id): earned(
                wants,
                offers,
                wishes.get((mentor_id, team_id), Wishes()),
                met=(mentor_id, team_id) in met,
                weights=weights.reasons,
            )
            for mentor_id, offers in offered.items()
            for team_id, wants in wanted.items()
        },
        wishes=wishes,
        topics=topics,
        apart=await queries.why_apart(db, list(planning.teams.values()), mentors),
    )


def _wanted(team: Team, topics: Mapping[UUID, Topic]) -> Wanted:
    topic = topics.get(team.topic_id) if team.topic_id else None
    return Wanted(
        topic=topic.number if topic else None,
        region=folded(team.region),
        languages=frozenset(team.languages),
    )


def _offered(mentor: Mentor, regions: set[str]) -> Offered:
    """What a mentor brings. A region counts for all that lie in it by their names."""
    own = [folded(region) for region in mentor.regions if folded(region)]
    return Offered(
        topics=frozenset(mentor.fields),
        regions=frozenset(region for region in regions if any(each in region for each in own)),
        languages=frozenset(mentor.languages or ["ja"]),
    )


async def _met_before(db: Db, planning: Planning) -> set[Pair]:
    """The pairs whose person and organization have met in a training before."""
    found = (
        select(Participation.account_id, Team.organization_id)
        .select_from(Assignment)
        .join(Plan, col(Plan.id) == col(Assignment.plan_id))
        .join(Mentor, col(Mentor.id) == col(Assignment.mentor_id))
        .join(Participation, col(Participation.id) == col(Mentor.participation_id))
        .join(Team, col(Team.id) == col(Assignment.team_id))
        .where(
            Plan.state == PlanState.PUBLISHED,
            col(Plan.event_id) != planning.event.id,
            col(Team.organization_id).is_not(None),
            col(Participation.account_id).in_(
                [each.account_id for each in planning.people.values()]
            ),
        )
        .distinct()
    )
    known = set((await db.exec(found)).all())
    return {
        (mentor_id, team_id)
        for mentor_id, person in planning.people.items()
        for team_id, each in planning.teams.items()
        if each.organization_id and (person.account_id, each.organization_id) in known
    }
