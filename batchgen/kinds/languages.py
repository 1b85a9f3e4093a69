"""The languages that HeyGen translates into, by the display names that its API wants letter for letter.

The names are those that HeyGen's translation model lists publicly (read in November 2026). An account's own list
may be longer; what stands here is enough to catch a typing error or a code before it is sent.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from batchgen.kinds.columns import Wrong, shown, word
from batchgen.model.vocabulary import nearest, plain

# One line a language: ISO code, language, and its regions as CODE=name. A "*" before the language: its name stands
# in HeyGen's list without a region as well.
_TABLE = """
af  Afrikaans   ZA=South Africa
sq  Albanian    AL=Albania
am  Amharic     ET=Ethiopia
ar  *Arabic     DZ=Algeria BH=Bahrain EG=Egypt IQ=Iraq JO=Jordan KW=Kuwait LB=Lebanon LY=Libya MA=Morocco OM=Oman\
 QA=Qatar SA=Saudi Arabia SY=Syria TN=Tunisia AE=United Arab Emirates YE=Yemen
hy  Armenian    AM=Armenia
az  Azerbaijani AZ=Latin, Azerbaijan
bn  Bangla      BD=Bangladesh
bn  Bengali     IN=India
eu  *Basque
bs  Bosnian     BA=Bosnia and Herzegovina
bg  *Bulgarian  BG=Bulgaria
my  Burmese     MM=Myanmar
ca  *Catalan
zh  *Chinese    CN=Mandarin, Simplified TW=Taiwanese Mandarin, Traditional HK=Cantonese, Traditional\
 X1=Jilu Mandarin, Simplified X2=Northeastern Mandarin, Simplified X3=Southwestern Mandarin, Simplified\
 X4=Wu, Simplified X5=Zhongyuan Mandarin Henan, Simplified X6=Zhongyuan Mandarin Shaanxi, Simplified
hr  *Croatian   HR=Croatia
cs  *Czech      CZ=Czechia
da  *Danish     DK=Denmark
nl  *Dutch      NL=Netherlands BE=Belgium
en  *English    US=United States GB=UK AU=Australia CA=Canada HK=Hong Kong SAR IN=India IE=Ireland KE=Kenya\
 NZ=New Zealand NG=Nigeria PH=Philippines SG=Singapore ZA=South Africa TZ=Tanzania
et  Estonian    EE=Estonia
fil *Filipino   PH=Philippines
fi  *Finnish    FI=Finland
fr  *French     FR=France BE=Belgium CA=Canada CH=Switzerland
gl  *Galician
ka  Georgian    GE=Georgia
de  *German     DE=Germany AT=Austria CH=Switzerland
el  *Greek      GR=Greece
gu  Gujarati    IN=India
he  Hebrew      IL=Israel
hi  *Hindi      IN=India
hu  Hungarian   HU=Hungary
is  Icelandic   IS=Iceland
id  *Indonesian ID=Indonesia
ga  Irish       IE=Ireland
it  *Italian    IT=Italy
ja  *Japanese   JP=Japan
jv  Javanese    ID=Latin, Indonesia
kn  Kannada     IN=India
kk  Kazakh      KZ=Kazakhstan
km  Khmer       KH=Cambodia
ko  *Korean     KR=Korea
lo  Lao         LA=Laos
lv  Latvian     LV=Latvia
lt  Lithuanian  LT=Lithuania
mk  Macedonian  MK=North Macedonia
ms  *Malay      MY=Malaysia
ml  Malayalam   IN=India
mt  Maltese     MT=Malta
cmn *Mandarin
mr  Marathi     IN=India
mn  Mongolian   MN=Mongolia
ne  Nepali      NP=Nepal
nb  Norwegian Bokmål NO=Norway
ps  Pashto      AF=Afghanistan
fa  Persian     IR=Iran
pl  *Polish     PL=Poland
pt  *Portuguese BR=Brazil PT=Portugal
ro  *Romanian   RO=Romania
ru  *Russian    RU=Russia
sr  Serbian     RS=Latin, Serbia
si  Sinhala     LK=Sri Lanka
sk  *Slovak     SK=Slovakia
sl  Slovenian   SI=Slovenia
so  Somali      SO=Somalia
es  *Spanish    ES=Spain MX=Mexico US=United States AR=Argentina BO=Bolivia CL=Chile CO=Colombia CR=Costa Rica\
 CU=Cuba DO=Dominican Republic EC=Ecuador SV=El Salvador GQ=Equatorial Guinea GT=Guatemala HN=Honduras NI=Nicaragua\
 PA=Panama PY=Paraguay PE=Peru PR=Puerto Rico UY=Uruguay VE=Venezuela
su  Sundanese   ID=Indonesia
sw  Swahili     KE=Kenya TZ=Tanzania
sv  *Swedish    SE=Sweden
ta  *Tamil      IN=India MY=Malaysia SG=Singapore LK=Sri Lanka
te  Telugu      IN=India
th  Thai        TH=Thailand
tr  *Turkish    TR=Türkiye
uk  *Ukrainian  UA=Ukraine
ur  Urdu        PK=Pakistan IN=India
uz  Uzbek       UZ=Latin, Uzbekistan
vi  Vietnamese  VN=Vietnam
cy  Welsh       GB=United Kingdom
zu  Zulu        ZA=South Africa
"""

_ACCENTS = ("English - Your Accent", "English - American Accent")
#: Words that are nearer to the name of another language, letter by letter, than to that of the one they mean.
_MEANT = {"deutsch": "German"}
#: Other English names of languages, and of some that HeyGen has by a region.
_ALSO_CALLED = {
    "castilian": "Spanish (Spain)",
    "farsi": "Persian",
    "flemish": "Dutch (Belgium)",
    "tagalog": "Filipino",
}
#: What people write between languages in place of ";": nothing in brackets, as in "Chinese (Mandarin, Simplified)".
_BETWEEN = re.compile(r"(?:[,/&+\n]|\band\b)(?![^(]*\))")
#: The shortest word by which names are found that have it in them.
_WORD = re.compile(r"\w{4,}")
#: A language, and where it is spoken, however that is written: "English (US)", "English - UK", "Spanish Mexico".
_REGIONAL = re.compile(r"(\w+)(?:\s*\(|\s+-\s*|\s+)(.+?)\)?")
_CODE = re.compile(r"([a-z]{2,3})(?:[-_]([a-z]{4}))?(?:[-_]([a-z]{2}))?", re.IGNORECASE)


def _read_table() -> tuple[dict[str, list[str]], dict[tuple[str, str], str]]:
    """Give the display names of each language, and of each code and name with and without a region."""
    languages: dict[str, list[str]] = {}
    codes: dict[tuple[str, str], str] = {}
    for line in _TABLE.strip().splitlines():
        code, rest = line.split(maxsplit=1)
        start, *regions = re.split(r"\s+(?=[A-Z][A-Z0-9]=)", rest)
        name = start.strip().lstrip("*")
        named = {region[:2]: f"{name} ({region[3:]})" for region in regions}
        languages[name] = [name] * start.startswith("*") + list(named.values())
        codes.setdefault((code, ""), languages[name][0])
        codes |= {(one, region): full for region, full in named.items() if region.isalpha() for one in (code, name)}
    return languages, codes


_LANGUAGES, _CODES = _read_table()

#: Every display name that is known.
NAMES: tuple[str, ...] = tuple(name for names in _LANGUAGES.values() for name in names) + _ACCENTS
#: Names that stand for one of them: of languages with one region.
SHORT: tuple[str, ...] = tuple(name for name, names in _LANGUAGES.items() if len(names) == 1 and name not in names)
_EXACT = {plain(name): name for name in NAMES}


def language(value: Any) -> str:
    """Take a target language, and give its display name."""
    return _display_name(word(value))


def source_language(value: Any) -> str:
    """Take the language of a source as it is written: a name or, as the reference has it, a code; no misspelt name."""
    given = word(value)
    known = set(map(plain, (*NAMES, *_LANGUAGES)))
    if plain(given) in known or _by_code(given):
        return given
    parts = re.split(r"[;,|/]", given)
    if len(parts) > 1 and all(plain(part) in known for part in parts):
        raise Wrong(f"{shown(given)} is more than one language.", "Write the one that is spoken, or leave it empty.")
    if near := _nearest(given, likeness=0.8):
        raise Wrong(f"{shown(given)} is not a language that HeyGen knows.", f'Did you mean "{near}"?')
    return given


@lru_cache(maxsize=1024)
def _display_name(given: str) -> str:
    if name := _EXACT.get(plain(given)):
        return name
    problem = f"{shown(given)} is not a language that HeyGen translates into."
    bare = next((names for name, names in _LANGUAGES.items() if plain(name) == plain(given)), None)
    if bare and len(bare) == 1:
        return bare[0]  # The API knows the language by its region only, and there is one.
    if bare:
        raise Wrong(f"{shown(given)} is spoken in several ways.", f"Choose from: {', '.join(bare)}.")
    if name := _by_code(given):
        raise Wrong(f"{shown(given)} is a code, and HeyGen wants the name.", f'Write "{name}".')
    parts = [part.strip() for part in _BETWEEN.split(given)]
    if len(parts) > 1 and all(plain(part) in _EXACT for part in parts):
        raise Wrong(problem, f'Between languages stands a ";": {";".join(parts)}')
    if near := _ALSO_CALLED.get(plain(given)) or _nearest(given):
        raise Wrong(problem, f'Did you mean "{near}"?')
    if choice := _akin(given):
        raise Wrong(problem, f"Choose from: {', '.join(choice)}.")
    raise Wrong(problem, 'Write the language\'s English name, such as "Spanish (Spain)", "French" or "Japanese".')


def _nearest(given: str, likeness: float = 0.75) -> str | None:
    """Give the name that a misspelt one was most likely meant to be: of a language that is named, with its region."""
    if meant := _MEANT.get(re.split(r"\W", plain(given))[0]):
        return meant
    spoken = _spoken(given)
    if spoken is None:
        return nearest(given, (*NAMES, *_LANGUAGES), likeness=likeness)
    name, region = spoken
    code = region.upper().replace("USA", "US")
    if found := _CODES.get((name, code)):
        return found
    regions = {one.removeprefix(name).strip(" -()"): one for one in NAMES if one.startswith(name)}
    ambiguous = sum(plain(region) in plain(one) for one in regions) > 1
    return None if ambiguous else regions.get(nearest(region, regions, likeness=likeness) or "-")


def _akin(given: str) -> list[str]:
    """Give the names of the language that is named, or else those that have most of the words in them."""
    words = set(_WORD.findall(plain(given)))
    if spoken := _spoken(given):
        return _LANGUAGES[spoken[0]]
    if named := [one for one in _LANGUAGES if plain(one) in words]:
        return _LANGUAGES[named[0]]
    shared = {name: len(words.intersection(_WORD.findall(plain(name)))) for name in NAMES}
    most = max(shared.values())
    return [name for name, count in shared.items() if most and count == most]


def _spoken(given: str) -> tuple[str, str] | None:
    """Give the language that is named, and where it is spoken in the words that were written."""
    found = _REGIONAL.fullmatch(given)
    name = next((one for one in _LANGUAGES if found and plain(one) == plain(found[1])), None)
    return (name, found[2]) if found and name else None


def _by_code(given: str) -> str | None:
    found = _CODE.fullmatch(given)
    if not found:
        return None
    code, region = found[1].lower(), (found[3] or "").upper()
    return _CODES.get((code, region)) or _CODES.get((code, ""))
