"""Who speaks and who is seen in the sandbox's catalogue: more than fits on a page, and the same every time."""

from collections.abc import Iterator
from hashlib import sha256

#: Avatars and voices that documents and examples name; they stand first.
_KNOWN_AVATARS = (
    ("Daisy-inskirt-20220818", "Daisy", "female"),
    ("Tyler-incasualsuit-20220721", "Tyler", "male"),
    ("Abigail_expressive_2024112501", "Abigail", "female"),
    ("Adrian_public_2_20240312", "Adrian", "male"),
    ("Ann_Therapist_public", "Ann", "female"),
    ("Brandon_expressive_public", "Brandon", "male"),
)
_KNOWN_VOICES = (
    ("1bd001e7e50f421d891986aad5158bc8", "English", "female", "Sara"),
    ("d7bbcdd6964c47bdaae26decade4a933", "English", "male", "Christopher"),
    ("2d5b0e6cf36f460aa7fc47e3eee4ba54", "English", "Female", "Sonia"),
    ("077ab11b14f04ce0b49b5f6e5cc20979", "English", "Male", "Paul"),
    ("6e7404e25c4b4385b04b0e2704c861c8", "German", "female", "Katja"),
    ("b0e8a3f1c2d94e57a6b1d0c9f8e7a6b5", "Spanish", "male", "Alvaro"),
    ("5d8c378ba8c3434586081a52ac368738", "French", "female", "Denise"),
    ("3f2a1b0c9d8e4f7a6b5c4d3e2f1a0b9c", "Japanese", "female", "Nanami"),
)
_WOMEN = (
    "Amara", "Bianca", "Carlotta", "Dina", "Elif", "Freya", "Gita", "Hana", "Ines", "Joana", "Kirsten", "Leila", "Mina",
    "Noor", "Olga", "Priya",
)  # fmt: skip
_MEN = (
    "Anton", "Bruno", "Caleb", "Dmitri", "Emre", "Felix", "Goran", "Hiro", "Ivan", "Jorge", "Kofi", "Luca", "Mateo",
    "Nils", "Omar", "Pavel",
)  # fmt: skip
_LOOKS = ("Office", "Studio", "Street", "Sofa")
_LANGUAGES = (
    "English", "Spanish", "German", "French", "Italian", "Portuguese", "Dutch", "Polish", "Swedish", "Danish",
    "Finnish", "Czech", "Greek", "Turkish", "Arabic", "Hebrew", "Hindi", "Tamil", "Malay", "Malayalam", "Indonesian",
    "Vietnamese", "Thai", "Korean", "Japanese", "Chinese",
)  # fmt: skip

PHOTOS = (("4a1f0c7e9b2d4e83a5c6d7f8e9012b3c", "Maya"), ("9d8c7b6a5f4e4d3c8b2a1f0e9d8c7b6a", "Jonas"))
#: The account's own: a voice that was cloned, and a twin that was trained.
OWN_VOICES = (("c0ffee00c0ffee00c0ffee00c0ffee00", "English", "female", "My own voice"),)
OWN_AVATARS = (("7e57ab1e7e57ab1e7e57ab1e7e57ab1e", "My own twin", "female"),)


def _avatars() -> Iterator[tuple[str, str, str]]:
    yield from _KNOWN_AVATARS
    for names, gender in ((_WOMEN, "female"), (_MEN, "male")):
        for name in names:
            for look in _LOOKS:
                yield f"{name}_{look}_Front_public", f"{name} in the {look.lower()}", gender


def _voices() -> Iterator[tuple[str, str, str, str]]:
    yield from _KNOWN_VOICES
    for number, language in enumerate(_LANGUAGES):
        for names, gender in ((_WOMEN, "female"), (_MEN, "male")):
            for place in range(5):
                name = names[(number + 3 * place) % len(names)]
                # HeyGen writes the gender in both cases.
                yield _hex(f"{language} {name}"), language, gender.title() if place % 2 else gender, name


def _hex(name: str) -> str:
    return sha256(name.encode()).hexdigest()[:32]


AVATARS = tuple(_avatars())
VOICES = tuple(_voices())
