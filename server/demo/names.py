"""Names that could be anybody's: rare family names, so that no pair is somebody known."""

from typing import Final, NamedTuple


class Part(NamedTuple):
    """One part of a name: as written, its reading, and in Latin letters."""

    written: str
    reading: str
    roman: str


def _parts(table: str) -> tuple[Part, ...]:
    return tuple(Part(*entry.split()) for entry in table.strip().splitlines())


FAMILIES: Final = _parts("""
蕗谷 ふきや Fukiya
榎戸 えのきど Enokido
砂子田 すなごだ Sunagoda
桧垣 ひがき Higaki
菅沢 すがさわ Sugasawa
樫村 かしむら Kashimura
栃本 とちもと Tochimoto
楢岡 ならおか Naraoka
笹淵 ささぶち Sasabuchi
葦原 あしはら Ashihara
苫屋 とまや Tomaya
藪田 やぶた Yabuta
沖宮 おきみや Okimiya
浜路 はまじ Hamaji
湊谷 みなとや Minatoya
嶺村 みねむら Minemura
岩垂 いわだれ Iwadare
畔上 あぜがみ Azegami
穂坂 ほさか Hosaka
糸賀 いとが Itoga
紙谷 かみたに Kamitani
絹川 きぬかわ Kinukawa
鎌形 かまがた Kamagata
杣田 そまだ Somada
蔵前 くらまえ Kuramae
鞍掛 くらかけ Kurakake
馬渡 まわたり Mawatari
鷲頭 わしず Washizu
鶴巻 つるまき Tsurumaki
雁部 かりべ Karibe
鷹取 たかとり Takatori
鴫原 しぎはら Shigihara
霜田 しもだ Shimoda
雲井 くもい Kumoi
春原 すのはら Sunohara
夏苅 なつかり Natsukari
秋庭 あきば Akiba
東雲 しののめ Shinonome
楡原 にれはら Nirehara
宇田川 うだがわ Udagawa
江波戸 えばと Ebato
加治屋 かじや Kajiya
久保寺 くぼでら Kubodera
毛塚 けづか Kezuka
小見山 こみやま Komiyama
佐貫 さぬき Sanuki
須永 すなが Sunaga
瀬谷 せや Seya
千野根 ちのね Chinone
仁平 にへい Nihei
根来 ねごろ Negoro
比留間 ひるま Hiruma
真下 ましも Mashimo
持丸 もちまる Mochimaru
渡貫 わたぬき Watanuki
栗栖野 くりすの Kurisuno
茅根 ちのね Chinone
椿谷 つばきや Tsubakiya
梶ヶ原 かじがはら Kajigahara
灘波 なだなみ Nadanami
汐見沢 しおみざわ Shiomizawa
野分 のわけ Nowake
萱野谷 かやのや Kayanoya
柞原 ほそはら Hosohara
""")

GIVEN: Final = _parts("""
千紘 ちひろ Chihiro
小夜 さよ Sayo
凪 なぎ Nagi
灯 あかり Akari
澄江 すみえ Sumie
菊乃 きくの Kikuno
志穂 しほ Shiho
初音 はつね Hatsune
芙美 ふみ Fumi
千鶴 ちづる Chizuru
悠希 ゆうき Yuki
琴葉 ことは Kotoha
律子 りつこ Ritsuko
紗弥 さや Saya
佳苗 かなえ Kanae
早苗 さなえ Sanae
美緒 みお Mio
千草 ちぐさ Chigusa
葉月 はづき Hazuki
朋代 ともよ Tomoyo
育代 いくよ Ikuyo
富美子 ふみこ Fumiko
節子 せつこ Setsuko
久恵 ひさえ Hisae
麻里江 まりえ Marie
唯 ゆい Yui
七海 ななみ Nanami
依里 えり Eri
和歌子 わかこ Wakako
花野 かの Kano
航平 こうへい Kohei
泰造 たいぞう Taizo
耕平 こうへい Kohei
宗一 そういち Soichi
陽介 ようすけ Yosuke
拓海 たくみ Takumi
涼太 りょうた Ryota
誠治 せいじ Seiji
隆志 たかし Takashi
弘道 ひろみち Hiromichi
正嗣 まさつぐ Masatsugu
克巳 かつみ Katsumi
圭吾 けいご Keigo
蒼太 そうた Sota
岳 がく Gaku
朔 さく Saku
周平 しゅうへい Shuhei
亮介 りょうすけ Ryosuke
大地 だいち Daichi
晴彦 はるひこ Haruhiko
康介 こうすけ Kosuke
伸也 のぶや Nobuya
清隆 きよたか Kiyotaka
繁 しげる Shigeru
勇作 ゆうさく Yusaku
義行 よしゆき Yoshiyuki
薫 かおる Kaoru
瑞希 みずき Mizuki
真琴 まこと Makoto
光 ひかる Hikaru
歩 あゆむ Ayumu
渚 なぎさ Nagisa
遥 はるか Haruka
千秋 ちあき Chiaki
""")

# Of people who read English; the reading is for the lists that are sorted by it.
FAMILIES_ABROAD: Final = _parts("""
Penhallow ぺんはろう Penhallow
Tressick とれしっく Tressick
Averling あばりんぐ Averling
Okonjima おこんじま Okonjima
Lindqvall りんどくばる Lindqvall
Marrowby まろうびい Marrowby
Fernacre ふぁーんえいかー Fernacre
Varelhas ばれりゃす Varelhas
Sunderholt さんだーほると Sunderholt
Brackwater ぶらっくうぉーたー Brackwater
Quillon くいろん Quillon
Hathersby はざーずびい Hathersby
""")

GIVEN_ABROAD: Final = _parts("""
Nora のら Nora
Maya まや Maya
Ines いねす Ines
Priya ぷりや Priya
Leila れいら Leila
Hana はな Hana
Tomas とます Tomas
Owen おうえん Owen
Mateo まてお Mateo
Kofi こふぃ Kofi
Jonas よなす Jonas
Arjun あるじゅん Arjun
""")
