"""A national forum that is to come: nine hundred people, twelve sessions, three topics."""

from datetime import datetime, timedelta
from typing import Final

from server.demo.forum_sessions import sessions
from server.demo.planning import SATURDAY, Days, at, both, day_of, nearest
from server.events.models import EventKind
from server.events.plan import Plan, PlannedTopic

SLUG: Final = "furusato-forum"
CAPACITY: Final = 1000
AHEAD: Final = timedelta(days=80)
OPEN_SINCE: Final = timedelta(days=40)

TITLE: Final = both("ふるさとの輪 全国フォーラム", "Hometown Circle, the national forum")
SUMMARY: Final = both(
    "離れて暮らしていても、気にかけている土地がある。そんな千人が、一日、同じ火を囲みます。",
    "You live elsewhere, and there is a place you care about. A thousand people like you sit "
    "round one fire for a day.",
)
DESCRIPTION: Final = both(
    """
## この日にすること

週末だけ畑を手伝う人、空き家を直して通う人、学生のころ世話になった村が忘れられない人。\
**住んでいなくても、土地の力になれる**ことを、七つの地域の人と話します。

- 午前は、基調の話を聞いてから、分野ごとの話し合いへ。
- 昼は、広間で立ち話。食べながらどうぞ。
- 午後は、七つの地域をめぐるリレー中継。そのあと、話し合いのつづき。

## 参加のしかた

パソコンでもスマートフォンでも参加できます。カメラとマイクがなくても、聞くことはできます。\
全体のステージには席の数だけ入れます。**分野の話し合いは、ひとつずつ席をとってください。**

## お願い

話し合いの部屋で聞いた、ほかの方の名前や暮らしのことは、その部屋だけの話にしてください。

この催しは、見本のための架空のものです。
""",
    """
## What we do that day

Somebody helps in a field at weekends, somebody repairs an empty house and keeps coming back, \
somebody cannot forget the village that took care of them as a student. We talk with people of \
seven regions about how **one can be of use to a place without living there**.

- In the morning, a talk for everyone, then discussions by topic.
- At noon, meet in the lobby. Do eat while you talk.
- In the afternoon, a relay through seven regions, then the second half of the discussions.

## How to take part

A computer or a phone will do. Without camera and microphone you can still listen. Everyone with a \
seat at the forum comes to the stage. **The discussions have seats of their own: take one in each.**

## A request

What others tell about their names and lives in a discussion stays in that room.

This event is invented, as a sample.
""",
)
HOST: Final = both("地域つなぎ推進室", "Office for Regional Ties")
CONTACT: Final = both(
    "地域つなぎ推進室 フォーラム係　forum@tsunagi.example　電話 000-0000-0000（平日 9:00–17:00）",
    "Office for Regional Ties, forum desk, forum@tsunagi.example, phone 000-0000-0000 "
    "(weekdays 9:00–17:00, Japan time)",
)
TOPICS: Final = [
    PlannedTopic(
        1,
        both("食と農", "Food and farming"),
        both(
            "畑の手入れ、直売所、台所でつながる。",
            "Ties made in fields, farm shops and kitchens.",
        ),
    ),
    PlannedTopic(
        2,
        both("空き家と住まい", "Empty houses and homes"),
        both(
            "直す、借りる、泊まる。家をひらく人の話。",
            "Repair, rent, stay: people who open houses.",
        ),
    ),
    PlannedTopic(
        3,
        both("学びと仕事", "Learning and work"),
        both(
            "山村留学、大学のゼミ、副業と季節の仕事。",
            "Schools in the hills, seminars, second jobs and work by the season.",
        ),
    ),
]


def days(now: datetime) -> Days:
    """A Saturday in about eighty days; people register since forty."""
    first = nearest(day_of(now + AHEAD), SATURDAY)
    opens = at(day_of(now - OPEN_SINCE), "10:00")
    return Days(first, opens, at(first - timedelta(days=2), "18:00"))


def plan(when: Days) -> Plan:
    """The forum as it was published."""
    return Plan(
        slug=SLUG,
        kind=EventKind.FORUM,
        title=TITLE,
        summary=SUMMARY,
        description=DESCRIPTION,
        host=HOST,
        contact=CONTACT,
        zone="Asia/Tokyo",
        starts_at=at(when.first, "10:00"),
        ends_at=at(when.first, "16:30"),
        doors_at=at(when.first, "09:30"),
        opens_at=when.opens_at,
        closes_at=when.closes_at,
        capacity=CAPACITY,
        approval=False,
        topics=TOPICS,
        sessions=sessions(when.first),
    )
