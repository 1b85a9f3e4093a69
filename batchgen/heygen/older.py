"""What v2's reference lets be said of a video and v3's does not, by the names that manifests and v2 have for it."""

from batchgen.model.meaning import LEFT_OUT

#: Of the video as a whole.
EXTRAS = ("caption_mode", "enable_watermark", "fps", "subtitles")
#: Of a character.
LOOKS = ("circle_background_color", "expression", "matting", "super_resolution", "talking_style")
#: What says no more than what holds anyway.
SAYS_NOTHING = {
    name: LEFT_OUT[name] for name in ("enable_watermark", "expression", "matting", "super_resolution", "talking_style")
}
