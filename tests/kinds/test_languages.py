from __future__ import annotations

import pytest

from batchgen.kinds.columns import Wrong
from batchgen.kinds.languages import NAMES, language, source_language


@pytest.mark.parametrize("name", NAMES)
def test_every_display_name_is_taken_as_it_is(name):
    assert language(name) == name


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Spanish", "Spanish"),
        (" spanish (spain) ", "Spanish (Spain)"),
        ("Chinese (Mandarin, Simplified)", "Chinese (Mandarin, Simplified)"),
        ("English - Your Accent", "English - Your Accent"),
        ("Hungarian", "Hungarian (Hungary)"),
    ],
)
def test_a_language_is_known_by_its_name(written, meant):
    assert language(written) == meant


FRENCH = ("French", "French (France)", "French (Belgium)", "French (Canada)", "French (Switzerland)")


@pytest.mark.parametrize(
    ("written", "remedy"),
    [
        ("Spansh", 'Did you mean "Spanish"?'),
        ("Portugese (Brasil)", 'Did you mean "Portuguese (Brazil)"?'),
        ("es", 'Write "Spanish".'),
        ("es-MX", 'Write "Spanish (Mexico)".'),
        ("pt_BR", 'Write "Portuguese (Brazil)".'),
        ("zh-Hans-CN", 'Write "Chinese (Mandarin, Simplified)".'),
        ("Urdu", "Choose from: Urdu (Pakistan), Urdu (India)."),
        ("Spanish, French", 'Between languages stands a ";": Spanish;French'),
        ("English (US)", 'Did you mean "English (United States)"?'),
        ("english - usa", 'Did you mean "English (United States)"?'),
        ("Spanish (US)", 'Did you mean "Spanish (United States)"?'),
        ("Portuguese (Brazilian)", 'Did you mean "Portuguese (Brazil)"?'),
        ("English - American Acent", 'Did you mean "English - American Accent"?'),
        ("Korean (South Korea)", "Choose from: Korean, Korean (Korea)."),
        ("Deutsch", 'Did you mean "German"?'),
        ("Deutsch (Deutschland)", 'Did you mean "German"?'),
        ("Castilian", 'Did you mean "Spanish (Spain)"?'),
        ("Farsi", 'Did you mean "Persian"?'),
        ("French / German", 'Between languages stands a ";": French;German'),
        ("French and German", 'Between languages stands a ";": French;German'),
        ("French\nGerman (Germany)", 'Between languages stands a ";": French;German (Germany)'),
        (
            "Chinese (Mandarin, Simplified), French",
            'Between languages stands a ";": Chinese (Mandarin, Simplified);French',
        ),
        ("Norwegian", "Choose from: Norwegian Bokm\u00e5l (Norway)."),
        ("Cantonese", "Choose from: Chinese (Cantonese, Traditional)."),
        (
            "Brazilian Portuguese",
            "Choose from: Portuguese, Portuguese (Brazil), Portuguese (Portugal).",
        ),
        ("Canadian French", f"Choose from: {', '.join(FRENCH)}."),
        ("Spain", "Choose from: Spanish (Spain)."),
        ("Klingon", 'Write the language\'s English name, such as "Spanish (Spain)", "French" or "Japanese".'),
    ],
)
def test_any_other_name_is_a_fault_that_says_what_would_be_right(written, remedy):
    with pytest.raises(Wrong) as wrong:
        language(written)

    assert wrong.value.remedy == remedy


@pytest.mark.parametrize("written", ["Spanish (Latin America)", "Chinese (Simplified)"])
def test_a_region_that_may_be_any_of_several_is_left_to_choose(written):
    with pytest.raises(Wrong, match="is not a language") as wrong:
        language(written)

    assert wrong.value.remedy.startswith(f"Choose from: {written.partition(' ')[0]}, ")


@pytest.mark.parametrize("written", ["English", "en", "en-US", "pt_BR", "Spanish (Spain)", "Urdu", "Klingon", "auto"])
def test_the_language_of_a_source_goes_out_as_it_is_written(written):
    assert source_language(written) == written


@pytest.mark.parametrize("written", ["English;German", "English, German", "English/French"])
def test_two_languages_of_a_source_are_told(written):
    with pytest.raises(Wrong, match="more than one language"):
        source_language(written)


@pytest.mark.parametrize(
    ("written", "meant"), [("Englsh", "English"), ("Portugese", "Portuguese"), ("English (US)", "United States")]
)
def test_a_misspelt_language_of_a_source_is_told_before_it_is_paid_for(written, meant):
    with pytest.raises(Wrong) as wrong:
        source_language(written)

    assert meant in wrong.value.remedy
