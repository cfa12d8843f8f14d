"""The twelve sessions of the forum and who speaks in them."""

from datetime import date, timedelta
from typing import Final

from server.demo.planning import both, session, span, speaker
from server.events.models import SessionKind
from server.events.plan import PlannedSession

EVERYBODY: Final = 1000
FIRST_HALF: Final = "11:00-12:00"
SECOND_HALF: Final = "15:00-15:45"

TOCHIKAWA: Final = speaker(
    "橡川 晴臣",
    "Haruomi Tochikawa",
    "地域の「関わりしろ」を二十年歩いて集める",
    "Has walked for twenty years to collect what a place leaves for others to do",
)
HAYASE: Final = speaker(
    "早瀬 彩", "Aya Hayase", "海鳴浜市 浜の学校 世話人", "Runs the beach school of Uminarihama"
)
SAEGI: Final = speaker(
    "三枝木 直", "Nao Saegi", "雪待村 除雪組合", "Snow clearers' union of Yukimachi"
)
SETOURA: Final = speaker(
    "瀬戸浦 まり", "Mari Setoura", "朝霧台市 山村留学センター", "Hill school centre of Asagiridai"
)
MANABE: Final = speaker(
    "真鍋 志乃", "Shino Manabe", "見本町 大工・宿主", "Carpenter and host, Mihon"
)
AIZAWA: Final = speaker(
    "相沢 千景", "Chikage Aizawa", "屋根の会 世話人", "Keeps the Roof Circle going"
)
OKA: Final = speaker(
    "ダニエル・オカ", "Daniel Oka", "風待島町 祭り通訳", "Festival interpreter, Kazamachi"
)
UKITAGAWA: Final = speaker(
    "浮田川 環", "Tamaki Ukitagawa", "柚香村 直売所の台所", "Kitchen of the farm shop, Yuzuka"
)

RELAY: Final = both(
    """
岬の灯台から、南の柚子畑まで。ひとつの地域が十五分ずつ話し、つぎの地域へ手渡します。

1. 13:00 灯台岬町
2. 13:15 朝霧台市
3. 13:30 雪待村
4. 13:45 見本町
5. 14:00 海鳴浜市
6. 14:15 風待島町
7. 14:30 柚香村

途中の質問は、いつでもどうぞ。
""",
    """
From the lighthouse on the cape to the yuzu fields of the south. Each region talks for fifteen \
minutes and hands over to the next.

1. 13:00 Todaimisaki
2. 13:15 Asagiridai
3. 13:30 Yukimachi
4. 13:45 Mihon
5. 14:00 Uminarihama
6. 14:15 Kazamachi
7. 14:30 Yuzuka

Ask whenever you like.
""",
)


def sessions(day: date) -> list[PlannedSession]:
    """All of them, by their numbers."""
    return [*_morning(day), *_noon(day), *_afternoon(day)]


def _morning(day: date) -> list[PlannedSession]:
    half = span(day, FIRST_HALF)
    return [
        session(
            1,
            SessionKind.STAGE,
            both(
                "開会と基調の話「関わりしろの見つけ方」", "Opening, and a talk: finding your part"
            ),
            both(
                "土地が人に残している仕事の、見つけ方。", "How to find what a place has left to do."
            ),
            span(day, "10:00-10:45"),
            room=EVERYBODY,
            speakers=[TOCHIKAWA, HAYASE],
            doors=timedelta(minutes=30),
        ),
        session(
            2,
            SessionKind.DISCUSSION,
            both("畑の休日を分けあう", "Sharing a day in the field"),
            both(
                "月に一度の手伝いが、つづく畑とつづかない畑。",
                "Why people come back to one field and not to another.",
            ),
            half,
            room=160,
            seats=True,
            topic=1,
            speakers=[UKITAGAWA],
        ),
        session(
            3,
            SessionKind.DISCUSSION,
            both("直しながら泊まる", "Staying while you repair"),
            both("床を張る週末、風呂を待つ一年。", "A weekend for the floor, a year for the bath."),
            half,
            room=100,
            seats=True,
            topic=2,
            speakers=[MANABE],
        ),
        session(
            4,
            SessionKind.DISCUSSION,
            both("留学のあと、どうなる", "After the year in the hills"),
            both(
                "山村留学の子が大人になって、また来る道。",
                "How children of the hill schools come back grown up.",
            ),
            half,
            room=140,
            seats=True,
            topic=3,
            speakers=[SETOURA],
        ),
        session(
            5,
            SessionKind.DISCUSSION,
            both("ひと夏だけの住人", "Resident for one summer"),
            both("短く住む人を、町はどう迎えるか。", "How a town welcomes those who stay briefly."),
            half,
            room=140,
            seats=True,
            topic=2,
            speakers=[AIZAWA],
        ),
    ]


def _noon(day: date) -> list[PlannedSession]:
    return [
        session(
            6,
            SessionKind.LOBBY,
            both("昼の立ち話", "Noon in the lobby"),
            both("出入り自由。食べながらどうぞ。", "Come and go as you like. Do eat."),
            span(day, "12:00-13:00"),
            room=EVERYBODY,
        ),
        session(
            7,
            SessionKind.RELAY,
            both(
                "火を渡す、七つの地域のリレー中継", "Handing on the fire: a relay of seven regions"
            ),
            both("岬の灯台から、南の柚子畑まで。", "From the lighthouse to the yuzu fields."),
            span(day, "13:00-14:45"),
            room=EVERYBODY,
            description=RELAY,
            speakers=[SAEGI, HAYASE, OKA, UKITAGAWA],
        ),
    ]


def _afternoon(day: date) -> list[PlannedSession]:
    half = span(day, SECOND_HALF)
    return [
        session(
            8,
            SessionKind.DISCUSSION,
            both("直売所の台所", "The kitchen of the farm shop"),
            both("余った野菜から始まる付き合い。", "What begins with too many vegetables."),
            half,
            room=160,
            seats=True,
            topic=1,
            speakers=[UKITAGAWA],
        ),
        session(
            9,
            SessionKind.DISCUSSION,
            both("屋根の上で会う", "Meeting on the roof"),
            both("雪おろしの日にだけ会う人たち。", "People who only meet to clear the snow."),
            half,
            room=90,
            seats=True,
            topic=2,
            speakers=[SAEGI, AIZAWA],
        ),
        session(
            10,
            SessionKind.DISCUSSION,
            both("副業は週に何時間", "How many hours a week"),
            both(
                "遠くの町の仕事を、無理なくつづける。", "Working for a far town, and not too much."
            ),
            half,
            room=140,
            seats=True,
            topic=3,
            speakers=[SETOURA],
        ),
        session(
            11,
            SessionKind.DISCUSSION,
            both("祭りは誰のものか", "Whose festival is it"),
            both(
                "担い手が足りない祭りと、通う旅人。",
                "Festivals short of hands, and travellers who return.",
            ),
            half,
            room=100,
            seats=True,
            topic=3,
            speakers=[OKA],
        ),
        session(
            12,
            SessionKind.STAGE,
            both("むすびの会", "Closing"),
            both(
                "話し合いで出たことを、持ちよって終わります。",
                "We bring together what the discussions found.",
            ),
            span(day, "15:50-16:30"),
            room=EVERYBODY,
            speakers=[TOCHIKAWA],
        ),
    ]
