"""The target languages that the sandbox can translate into, by HeyGen's display names.

A request names a language exactly as it stands here, as the API wants it.
"""

# One line a language: its own name where the API takes it bare, then the regions it takes.
_PLAIN = (
    "English;Spanish;French;Hindi;Italian;German;Polish;Portuguese;Chinese;Japanese;Dutch;Turkish;Korean;Danish;"
    "Arabic;Romanian;Mandarin;Filipino;Swedish;Indonesian;Ukrainian;Greek;Czech;Bulgarian;Malay;Slovak;Croatian;"
    "Tamil;Finnish;Russian;Basque;Catalan;Galician;English - Your Accent;English - American Accent"
)

_REGIONAL = {
    "Afrikaans": "South Africa",
    "Albanian": "Albania",
    "Amharic": "Ethiopia",
    "Arabic": "Algeria;Bahrain;Egypt;Iraq;Jordan;Kuwait;Lebanon;Libya;Morocco;Oman;Qatar;Saudi Arabia;Syria;"
    "Tunisia;United Arab Emirates;Yemen",
    "Armenian": "Armenia",
    "Azerbaijani": "Latin, Azerbaijan",
    "Bangla": "Bangladesh",
    "Bengali": "India",
    "Bosnian": "Bosnia and Herzegovina",
    "Bulgarian": "Bulgaria",
    "Burmese": "Myanmar",
    "Chinese": "Cantonese, Traditional;Jilu Mandarin, Simplified;Mandarin, Simplified;"
    "Northeastern Mandarin, Simplified;Southwestern Mandarin, Simplified;Taiwanese Mandarin, Traditional;"
    "Wu, Simplified;Zhongyuan Mandarin Henan, Simplified;Zhongyuan Mandarin Shaanxi, Simplified",
    "Croatian": "Croatia",
    "Czech": "Czechia",
    "Danish": "Denmark",
    "Dutch": "Belgium;Netherlands",
    "English": "Australia;Canada;Hong Kong SAR;India;Ireland;Kenya;New Zealand;Nigeria;Philippines;Singapore;"
    "South Africa;Tanzania;UK;United States",
    "Estonian": "Estonia",
    "Filipino": "Philippines",
    "Finnish": "Finland",
    "French": "Belgium;Canada;France;Switzerland",
    "Georgian": "Georgia",
    "German": "Austria;Germany;Switzerland",
    "Greek": "Greece",
    "Gujarati": "India",
    "Hebrew": "Israel",
    "Hindi": "India",
    "Hungarian": "Hungary",
    "Icelandic": "Iceland",
    "Indonesian": "Indonesia",
    "Irish": "Ireland",
    "Italian": "Italy",
    "Japanese": "Japan",
    "Javanese": "Latin, Indonesia",
    "Kannada": "India",
    "Kazakh": "Kazakhstan",
    "Khmer": "Cambodia",
    "Korean": "Korea",
    "Lao": "Laos",
    "Latvian": "Latvia",
    "Lithuanian": "Lithuania",
    "Macedonian": "North Macedonia",
    "Malay": "Malaysia",
    "Malayalam": "India",
    "Maltese": "Malta",
    "Marathi": "India",
    "Mongolian": "Mongolia",
    "Nepali": "Nepal",
    "Norwegian Bokmål": "Norway",
    "Pashto": "Afghanistan",
    "Persian": "Iran",
    "Polish": "Poland",
    "Portuguese": "Brazil;Portugal",
    "Romanian": "Romania",
    "Russian": "Russia",
    "Serbian": "Latin, Serbia",
    "Sinhala": "Sri Lanka",
    "Slovak": "Slovakia",
    "Slovenian": "Slovenia",
    "Somali": "Somalia",
    "Spanish": "Argentina;Bolivia;Chile;Colombia;Costa Rica;Cuba;Dominican Republic;Ecuador;El Salvador;"
    "Equatorial Guinea;Guatemala;Honduras;Mexico;Nicaragua;Panama;Paraguay;Peru;Puerto Rico;Spain;"
    "United States;Uruguay;Venezuela",
    "Sundanese": "Indonesia",
    "Swahili": "Kenya;Tanzania",
    "Swedish": "Sweden",
    "Tamil": "India;Malaysia;Singapore;Sri Lanka",
    "Telugu": "India",
    "Thai": "Thailand",
    "Turkish": "Türkiye",
    "Ukrainian": "Ukraine",
    "Urdu": "India;Pakistan",
    "Uzbek": "Latin, Uzbekistan",
    "Vietnamese": "Vietnam",
    "Welsh": "United Kingdom",
    "Zulu": "South Africa",
}

LANGUAGES: tuple[str, ...] = (
    *_PLAIN.split(";"),
    *(f"{name} ({region})" for name, regions in _REGIONAL.items() for region in regions.split(";")),
)
KNOWN = frozenset(LANGUAGES)
