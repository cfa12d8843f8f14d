"""A forum of last year, with what it leaves."""

from datetime import date, datetime, timedelta
from typing import Final

from server.demo.forum import CONTACT, HOST
from server.demo.planning import SATURDAY, Days, at, both, day_of, nearest, session, span, speaker
from server.events.models import EventKind, SessionKind
from server.events.plan import Plan, PlannedSession

SLUG: Final = "furusato-past"
CAPACITY: Final = 700

ENDO: Final = speaker(
    "円城寺 百合枝", "Yurie Enjoji", "海鳴浜市 浜番", "Keeper of the beach, Uminarihama"
)


def days(now: datetime) -> Days:
    """A Saturday in October of last year."""
    first = nearest(date(day_of(now).year - 1, 10, 16), SATURDAY)
    return Days(
        first, at(first - timedelta(days=45), "10:00"), at(first - timedelta(days=1), "18:00")
    )


def plan(when: Days) -> Plan:
    """The forum as it was published."""
    return Plan(
        slug=SLUG,
        kind=EventKind.FORUM,
        title=both("海辺のよりあい", "Gathering by the sea"),
        summary=both(
            "海の町で働く人と、海の町を思う人。はじめて一度に集まった日です。",
            "Those who work in towns by the sea and those who miss one met for the first time.",
        ),
        description=both(
            "浜の掃除から港の仕事まで、**三つの話し合い**をしました。架空の催しです。",
            "From cleaning a beach to work in a port: **three discussions**. An invented event.",
        ),
        host=HOST,
        contact=CONTACT,
        zone="Asia/Tokyo",
        starts_at=at(when.first, "10:00"),
        ends_at=at(when.first, "15:30"),
        doors_at=at(when.first, "09:30"),
        opens_at=when.opens_at,
        closes_at=when.closes_at,
        capacity=CAPACITY,
        approval=False,
        topics=[],
        sessions=_sessions(when.first),
    )


def _sessions(day: date) -> list[PlannedSession]:
    return [
        session(
            1,
            SessionKind.STAGE,
            both("はじまりの会", "Opening"),
            both("海の町の一年を、十分で。", "A year of a town by the sea, in ten minutes."),
            span(day, "10:00-10:45"),
            room=CAPACITY,
            speakers=[ENDO],
        ),
        session(
            2,
            SessionKind.DISCUSSION,
            both("浜を掃く朝", "Sweeping the beach at dawn"),
            both("ごみ拾いから始まる付き合い。", "Ties that begin with litter."),
            span(day, "11:00-12:00"),
            room=300,
        ),
        session(
            3,
            SessionKind.DISCUSSION,
            both("港の手が足りない", "A port short of hands"),
            both("季節の仕事と、通う人。", "Work by the season, and who comes for it."),
            span(day, "13:00-14:00"),
            room=300,
        ),
        session(
            4,
            SessionKind.STAGE,
            both("むすびの会", "Closing"),
            both("つぎの約束をして終わりました。", "It ended with a promise to meet again."),
            span(day, "14:30-15:30"),
            room=CAPACITY,
        ),
    ]
