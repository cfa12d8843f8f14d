"""A mentored training that is announced: three days, a round on each, an organizer says yes."""

from datetime import date, datetime, timedelta
from typing import Final

from server.demo.forum import HOST
from server.demo.planning import Days, at, both, day_of, nearest, session, span, speaker
from server.events.models import EventKind, SessionKind
from server.events.plan import Plan, PlannedSession, PlannedTopic

SLUG: Final = "kankei-training"
CAPACITY: Final = 270
AHEAD: Final = timedelta(days=120)
OPEN_SINCE: Final = timedelta(days=9)
THURSDAY: Final = 3

MANABE: Final = speaker(
    "真鍋 志乃", "Shino Manabe", "メンター、見本町 大工・宿主", "Mentor; carpenter and host, Mihon"
)
NAMES: Final = (
    both("一回目：だれと組むか", "First round: who to work with"),
    both("二回目：何を頼むか", "Second round: what to ask for"),
    both("三回目：来月から何をするか", "Third round: what to do from next month"),
)
TOPICS: Final = [
    PlannedTopic(
        1, both("食と農", "Food and farming"), both("畑、直売所、台所", "Fields, markets, kitchens")
    ),
    PlannedTopic(
        2, both("空き家と住まい", "Homes"), both("直す、借りる、泊まる", "Mend, rent, stay")
    ),
    PlannedTopic(
        3,
        both("学びと子ども", "Learning and children"),
        both("山村留学、大学", "Village schools, universities"),
    ),
    PlannedTopic(
        4, both("文化と観光", "Culture and travel"), both("祭り、旅人", "Festivals, travellers")
    ),
]


def days(now: datetime) -> Days:
    """Three days from a Thursday in about a hundred and twenty days."""
    first = nearest(day_of(now + AHEAD), THURSDAY)
    opens = at(day_of(now - OPEN_SINCE), "09:00")
    return Days(first, opens, at(first - timedelta(days=21), "17:00"))


def plan(when: Days) -> Plan:
    """The training as it was published."""
    last = when.first + timedelta(days=2)
    return Plan(
        slug=SLUG,
        kind=EventKind.TRAINING,
        title=both("関係人口 実践研修", "Ties in practice, a training"),
        summary=both(
            "団体ごとに、自分たちのアイデアを三日で形にします。どの団体にもメンターがつきます。",
            "In three days each organization gives its own idea a shape. Each has a mentor.",
        ),
        description=both(
            """
## どんな研修か

市町村、会社、団体から、**二人から四人の組**で参加します。三日間、毎日一回ずつメンターが\
部屋をたずね、アイデアシートをいっしょに書き進めます。

## 参加の決まり方

申し込みのあと、主催者が一件ずつ確認します。席が決まったら、メールでお知らせします。

この研修は、見本のための架空のものです。
""",
            """
## What kind of training

Municipalities, companies and associations come as **teams of two to four**. On each of the three \
days a mentor visits your room once, and you write your idea sheet together.

## How places are given

An organizer looks at each registration and writes to you when you have a seat.

This training is invented, as a sample.
""",
        ),
        host=HOST,
        contact=both(
            "地域つなぎ推進室 研修係　training@tsunagi.example",
            "Office for Regional Ties, training desk, training@tsunagi.example",
        ),
        zone="Asia/Tokyo",
        starts_at=at(when.first, "13:00"),
        ends_at=at(last, "17:00"),
        doors_at=at(when.first, "12:30"),
        opens_at=when.opens_at,
        closes_at=when.closes_at,
        capacity=CAPACITY,
        approval=True,
        topics=TOPICS,
        sessions=_sessions(when.first),
    )


def _sessions(first: date) -> list[PlannedSession]:
    last = first + timedelta(days=2)
    return [
        session(
            1,
            SessionKind.STAGE,
            both("はじまりの会", "Opening"),
            both(
                "三日間の進め方と、組どうしの顔合わせ。", "How the three days go, and who is here."
            ),
            span(first, "13:00-13:45"),
            room=CAPACITY,
            speakers=[MANABE],
            doors=timedelta(minutes=30),
        ),
        *(
            session(
                2 + number,
                SessionKind.ROUND,
                name,
                both(
                    "組の部屋に、メンターがたずねます。", "A mentor visits each team in its room."
                ),
                span(first + timedelta(days=number), "14:00-15:30"),
                room=CAPACITY,
            )
            for number, name in enumerate(NAMES)
        ),
        session(
            5,
            SessionKind.STAGE,
            both("発表とむすびの会", "What became of it, and closing"),
            both("どの組も、ひとことずつ。", "A word from each team."),
            span(last, "15:45-17:00"),
            room=CAPACITY,
        ),
    ]
