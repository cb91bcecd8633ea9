"""Vietnamese text of before Unicode: TCVN3 (ABC fonts) decoded, VNI-Windows recognised.

Both keep Vietnamese letters under codes that Unicode reads as other letters: `Nguyễn Văn Nam` is
`NguyÔn V¨n Nam` in TCVN3 and `Nguyeãn Vaên Nam` in VNI. What a text is, is decided by whether its
words are possible Vietnamese syllables as they stand, and read the other way.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache

from tasks.office import SHIPPED_REFERENCE

# Spelling of a syllable: one of these onsets (or none), one of these rhymes, one tone (or none).
# Names of the Thai, Mông, Dao and Khơ Mú of Điện Biên are spelt with the same parts.
ONSETS = (
    *("", "b", "c", "ch", "d", "đ", "g", "gh", "gi", "h", "k", "kh", "l", "m", "n", "ng"),
    *("ngh", "nh", "p", "ph", "qu", "r", "s", "t", "th", "tr", "v", "x"),
)
RHYMES_WRITTEN = """
    a ac ach ai am an ang anh ao ap at au ay
    ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
    e ec em en eng eo ep et ê êch êm ên êng ênh êp êt êu
    i ia ic ich im in ing inh ip it iu iêc iêm iên iêng iêp iêt iêu
    y ych ym yn ynh yp yt yu yêm yên yêng yêt yêu
    o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt
    oc oe oem oen oeng oeo oet oi om on ong ooc oong op ot
    ô ôc ôi ôm ôn ông ôp ôt ơ ơc ơi ơm ơn ơng ơp ơt ơu
    u ua uân uâng uât uây uc uê uêch uên uênh uêt uêu ui um un ung up ut
    uôc uôi uôm uôn uông uôt uơ uơn uơt uy uya uych uyên uyêt uyn uynh uyp uyt uyu
    ư ưa ưc ưi ưm ưn ưng ưp ưt ưu ươc ươi ươm ươn ương ươp ươt ươu
"""
RHYMES = frozenset(RHYMES_WRITTEN.split())
VOWELS = frozenset("aăâeêioôơuưy")
MARKED_VOWELS = frozenset("ăâêôơư")
TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
STOPPED_TONES = frozenset("\u0301\u0323")  # the only tones of a syllable that ends in c, ch, p, t

# Letters that right Vietnamese has and neither TCVN3 nor VNI text: those outside Latin-1.
RIGHT_LETTER = re.compile("[ĂăĐđĨĩŨũƠơƯư\u1ea0-\u1ef9\u0300-\u036f]")
BETWEEN_WORDS = re.compile(r"[\s!-@\[-`{-~]+")
LATE_CAPITAL = re.compile(r"(?<=[a-zß-öø-ÿ])[^\W\d_]")
ENOUGH_WORDS, ENOUGH_TIMES = 2, 3

VNI_LETTERS = {"æ": "ỉ", "ó": "ĩ", "ò": "ị", "ô": "ơ", "ö": "ư", "î": "ỵ", "ñ": "đ"}
VNI_TONES = {"ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323"}
CIRCUMFLEX, BREVE = "\u0302", "\u0306"
VNI_CIRCUMFLEX = {
    "â": "",
    "á": "\u0301",
    "à": "\u0300",
    "å": "\u0309",
    "ã": "\u0303",
    "ä": "\u0323",
}
VNI_BREVE = {"ê": "", "é": "\u0301", "è": "\u0300", "ú": "\u0309", "ü": "\u0303", "ë": "\u0323"}


@cache
def _tcvn3_letters() -> dict[int, str]:
    path = SHIPPED_REFERENCE / "tcvn3.json"
    return str.maketrans(json.loads(path.read_text(encoding="utf-8")))


def decode_tcvn3(text: str) -> str:
    """Return TCVN3 text as composed Unicode; text with letters that TCVN3 has not is left so."""
    composed = unicodedata.normalize("NFC", text)
    if RIGHT_LETTER.search(composed):
        return composed
    return unicodedata.normalize("NFC", composed.translate(_tcvn3_letters()))


def is_tcvn3(texts: Iterable[str]) -> bool:
    """Tell whether a column is TCVN3: Vietnamese when read so, and not Vietnamese as it stands.

    One word that is right as it stands and wrong as TCVN3 makes it false.
    """
    return _is_written_in(decode_tcvn3, texts)


def is_vni(texts: Iterable[str]) -> bool:
    """Tell whether a column is VNI-Windows: Vietnamese when read so, and not as it stands."""
    return _is_written_in(_decode_vni, texts)


def _is_written_in(decode: Callable[[str], str], texts: Iterable[str]) -> bool:
    counts: Counter[str] = Counter()
    for text in texts:
        if not text.isascii():
            composed = unicodedata.normalize("NFC", text)
            if RIGHT_LETTER.search(composed):
                return False
            counts.update(word for word in BETWEEN_WORDS.split(composed) if not word.isascii())
    legacy = times = foreign = 0
    for word, count in counts.items():
        decoded, is_right = decode(word), is_possible_word(word)
        if is_right and not is_possible_word(decoded):
            return False
        if not is_right and is_syllable(decoded):
            legacy, times = legacy + 1, times + count
        elif not is_right:
            foreign += 1
    # One word once is no evidence: it may be a foot-note sign or a foreign name.
    return (legacy >= ENOUGH_WORDS or times >= ENOUGH_TIMES) and 2 * foreign <= legacy


def _decode_vni(text: str) -> str:
    """Return VNI text in lower case as Unicode: marks stand behind the letter that they are on."""
    found = ""
    for letter in text.lower():
        last = found[-1:]
        if last in ("a", "e", "o") and letter in VNI_CIRCUMFLEX:
            found += CIRCUMFLEX + VNI_CIRCUMFLEX[letter]
        elif last == "a" and letter in VNI_BREVE:
            found += BREVE + VNI_BREVE[letter]
        elif last and last in "aeouyơư" and letter in VNI_TONES:
            found += VNI_TONES[letter]
        else:
            found += VNI_LETTERS.get(letter, letter)
    return unicodedata.normalize("NFC", found)


def is_syllable(word: str) -> bool:
    """Tell whether a word is a possible Vietnamese syllable, its tone on the right letter."""
    return any(
        len(tones) <= 1 and _bears_tones(onset, letters[len(onset) :], tones)
        for letters, tones in [_without_tones(word)]
        for onset in _onsets(letters)
    )


def is_possible_word(word: str) -> bool:
    """Tell whether a word may be Vietnamese, wherever its tone stands; for doubtful spellings."""
    letters, tones = _without_tones(word)
    return len(tones) <= 1 and any(True for _ in _onsets(letters))


def _without_tones(word: str) -> tuple[str, dict[int, str]]:
    """Return a word in lower case without tones, and its tones by the place of their letter.

    No letters for a capital with marks after a small letter: nobody writes `lỔ`.
    """
    if any(not found[0].isascii() and found[0].isupper() for found in LATE_CAPITAL.finditer(word)):
        return "", {}
    bare, tones, place = "", {}, -1
    for letter in unicodedata.normalize("NFD", word.lower()):
        if letter in TONES:
            tones[place] = letter
            continue
        place += not unicodedata.combining(letter)
        bare += letter
    return unicodedata.normalize("NFC", bare), tones


def _onsets(letters: str) -> Iterable[str]:
    """Yield the onsets with which toneless letters are a syllable, none if they are not."""
    for onset in ONSETS:
        if letters.startswith(onset) and letters[len(onset) :] in RHYMES:
            yield onset


def _bears_tones(onset: str, rhyme: str, tones: dict[int, str]) -> bool:
    """Tell whether a rhyme bears these tones where they stand, by the old or the new rule."""
    if onset == "c" and rhyme[0] in "eêiy":
        return False
    is_stopped = rhyme.endswith(("c", "ch", "p", "t"))
    return all(
        place - len(onset) in _tone_places(rhyme) and (not is_stopped or tone in STOPPED_TONES)
        for place, tone in tones.items()
    )


@cache
def _tone_places(rhyme: str) -> tuple[int, ...]:
    """Return the places of a rhyme at which its tone may stand: `hòa` and `hoà` are both right."""
    vowels = [place for place, letter in enumerate(rhyme) if letter in VOWELS]
    marked = [place for place in vowels if rhyme[place] in MARKED_VOWELS]
    if marked:
        return (marked[-1],)
    if len(vowels) == 3:
        return (1,)
    if rhyme in ("oa", "oe", "uy"):
        return (0, 1)
    return (vowels[-1],) if len(vowels) < len(rhyme) else (0,)
