"""What the invented teams and mentors of the training say, and what they are asked."""

from typing import Any, Final, NamedTuple

from server.demo.planning import both
from server.mentoring.models import QuestionKind


class Group(NamedTuple):
    """An invented organization and what it said: `topic` is a number, `stage` an option's key."""

    name: str
    about: str
    region: str
    topic: int
    stage: str
    trouble: str


class Asked(NamedTuple):
    """A question to teams."""

    kind: QuestionKind
    text: dict[str, str]
    hint: dict[str, str] = {}  # noqa: RUF012 - never changed
    options: list[dict[str, Any]] = []  # noqa: RUF012 - never changed
    required: bool = False


class Guide(NamedTuple):
    """What an invented mentor says."""

    ja: str
    en: str
    words: str
    fields: tuple[int, ...]
    regions: tuple[str, ...]
    languages: tuple[str, ...] = ("ja",)


GROUPS: Final = (
    Group("除雪組合", "住民の団体", "雪待村", 2, "o1", "雪を下ろす人が足りない。"),
    Group("直売所の会", "組合", "朝霧台市", 1, "o2", "畑の手伝いに来た人が、二度目に来ない。"),
    Group("空き家バンク係", "市町村", "見本町", 2, "o2", "家はあるのに、直せる人がいない。"),
    Group("山村留学センター", "市町村", "雪待村", 3, "o3", "卒業したあとの縁が続かない。"),
    Group("海の家再生の会", "住民の団体", "海鳴浜市", 4, "o1", "夏だけの仕事にしたくない。"),
    Group("祭り保存会", "住民の団体", "見本町", 4, "o2", "担ぎ手が年々へっている。"),
    Group("森の学校", "会社", "山並町", 3, "o3", "親子で通える仕組みをつくりたい。"),
    Group("町家ゲストハウス", "会社", "朝霧台市", 2, "o3", "泊まった人と町の人が話す場がない。"),
    Group(
        "棚田を守る会", "住民の団体", "山並町", 1, "o1", "都市の人に、何を頼めばよいか分からない。"
    ),
    Group(
        "移住定住課", "市町村", "海鳴浜市", 2, "o2", "移住のまえの段階の人と、つながれていない。"
    ),
    Group("大学の地域ゼミ", "大学", "朝霧台市", 3, "o1", "学期が終わると、関わりが切れる。"),
    Group("道の駅の厨房", "会社", "見本町", 1, "o3", "料理する人どうしをつなぎたい。"),
    Group("商店街の若手会", "組合", "海鳴浜市", 4, "o2", "空き店舗の使い手をさがしている。"),
    Group(
        "雪国の手仕事", "住民の団体", "雪待村", 4, "o1", "教わりたい人はいるが、泊まる所がない。"
    ),
)
GUIDES: Final = (
    Guide(
        "大工・宿主",
        "Carpenter and host",
        "古い家を、直しながら開く話ならできます。",
        (2, 4),
        ("見本町",),
    ),
    Guide(
        "農園主", "Farmer", "畑の休日に人を呼ぶ段取りを、いっしょに考えます。", (1,), ("朝霧台市",)
    ),
    Guide(
        "元・役場職員",
        "Former town official",
        "庁内で通る書き方から話します。",
        (2, 3),
        ("雪待村",),
    ),
    Guide("編集者", "Editor", "頼みごとを、伝わる言葉にします。", (4,), ("海鳴浜市", "見本町")),
    Guide("料理人", "Cook", "台所から始まる関わりを、いくつも見てきました。", (1, 4), ("山並町",)),
    Guide(
        "山村留学の世話人",
        "Host of year-long pupils",
        "親子と集落のあいだに立ってきました。",
        (3,),
        ("雪待村",),
    ),
    Guide(
        "建築士",
        "Architect",
        "図面より先に、使う人の一日をききます。",
        (2,),
        ("海鳴浜市",),
        ("ja", "en"),
    ),
    Guide(
        "大学教員",
        "University teacher",
        "学生が卒業しても残る仕組みを考えます。",
        (3,),
        ("朝霧台市",),
        ("ja", "en"),
    ),
    Guide(
        "旅の企画", "Tour planner", "二度目に来る理由をつくります。", (4, 1), ("山並町", "雪待村")
    ),
    Guide(
        "祭りの囃子方", "Festival musician", "よその人が混ざれる祭りの作り方を。", (4,), ("見本町",)
    ),
    Guide("ＮＰＯ理事", "Board member", "続けるためのお金の話をします。", (1, 2), ("海鳴浜市",)),
    Guide(
        "手話通訳者",
        "Sign interpreter",
        "だれでも来られる集まりにします。",
        (3, 4),
        ("朝霧台市",),
        ("ja", "sign"),
    ),
)
QUESTIONS: Final = (
    Asked(
        QuestionKind.TEXT,
        both("いま困っていること", "What troubles you now"),
        both(
            "二、三行で十分です。担当のメンターが先に読みます。",
            "Two or three lines. Your mentor reads them before.",
        ),
        required=True,
    ),
    Asked(
        QuestionKind.CHOICE,
        both("どこまで進んでいますか", "How far have you come"),
        options=[
            {"key": "o1", "text": both("これから始める", "About to begin"), "hint": {}},
            {"key": "o2", "text": both("試しにやってみた", "Tried it once"), "hint": {}},
            {"key": "o3", "text": both("続けている", "Going on"), "hint": {}},
        ],
    ),
    Asked(
        QuestionKind.CONSENT,
        both(
            "個人情報の扱いを読み、同意します",
            "We have read how personal data is handled, and agree",
        ),
        required=True,
    ),
    Asked(
        QuestionKind.CONSENT,
        both("話し合いの録画に同意します", "We agree to recordings of our talks"),
        both(
            "同意しない方がいるルームは録画しません", "A room is not recorded if anybody disagrees"
        ),
    ),
)
