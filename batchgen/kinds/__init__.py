"""The kinds of job, and the words a manifest may use for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchgen.kinds.agent import Agent
from batchgen.kinds.cinematic import Cinematic
from batchgen.kinds.image import Image
from batchgen.kinds.lipsync import Lipsync
from batchgen.kinds.session import Session
from batchgen.kinds.template import Template
from batchgen.kinds.translation import Translation
from batchgen.kinds.video import Video
from batchgen.model.vocabulary import Vocabulary

if TYPE_CHECKING:
    from batchgen.kinds.interface import Kind

#: Every kind by its name, in the order in which a row's kind is guessed.
KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (Template(), Session(), Translation(), Video(), Agent(), Lipsync(), Image(), Cinematic())
}

VOCABULARY = Vocabulary(kinds={name: kind.words for name, kind in KINDS.items()})

__all__ = ["KINDS", "VOCABULARY"]
