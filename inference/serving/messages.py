"""What the window and its prediction process say to each other, and how it goes over a pipe. No torch here.

A message is a pickle with its length before it. Both ends are this program, so nothing foreign is unpickled.
"""

from __future__ import annotations

import pickle
import struct
from dataclasses import dataclass, replace
from typing import IO, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from inference.devices import Device
from store.runs.manifest import ModelSpec
from store.runs.predicting import CategoryMapping
from store.runs.predictions import ImagePrediction

#: How the reason for a likeness is looked for.
How: TypeAlias = Literal["occlusion", "gradient"]

_LENGTH = struct.Struct(">Q")


@dataclass(frozen=True, slots=True)
class AskedGarment:
    """A garment that a model for crops is asked about: its box is x1 y1 x2 y2 in pixels of the image."""

    id: int
    category_id: int
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Load:
    """To the process: use the model of this folder on a device ("auto", "cpu", "cuda:1") from now on.

    What is asked afterwards is asked of it. ``mapped``: answers are to be in a store's categories; without,
    they are in the model's own. ``id`` comes back in :class:`Ready` or :class:`Refused`.
    """

    id: int
    folder: str
    device: str = "auto"
    mapped: CategoryMapping | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """To the process: what is in this image? A newer question takes the place of one that still waits.

    ``width`` and ``height`` are the image's own pixels, 0 where nobody knows them. ``garments`` are those
    that a model for crops is asked about; detectors do not need them.
    """

    id: int
    image_id: int
    path: str
    width: int
    height: int
    garments: tuple[AskedGarment, ...] = ()

    def same_as(self, other: Ask) -> bool:
        """Whether both ask the same, whatever their ids are."""
        return replace(self, id=other.id) == other


@dataclass(frozen=True, slots=True)
class Ahead:
    """To the process: what will probably be asked next, likeliest first. Done when nothing else is to do.

    It takes the place of what was to be done ahead before.
    """

    asks: tuple[Ask, ...] = ()


@dataclass(frozen=True, slots=True)
class Sight:
    """A picture, or a box of it (x1 y1 x2 y2 in its pixels; None: all of it).

    ``width`` and ``height`` are the picture's own pixels, 0 where nobody knows them.
    """

    path: str
    box: tuple[float, float, float, float] | None = None
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class Embed:
    """To the process: what is the vector of this sight? A newer one takes the place of one that waits."""

    id: int
    sight: Sight


@dataclass(frozen=True, slots=True, eq=False)
class Explain:
    """To the process: what in this sight makes it like another? A newer one takes the place of one that
    waits.

    ``other`` is a sight, or a vector ``(E,)`` of the same model. ``how``: by hiding parts of it, or by the
    slope of the likeness (networks for crops alone).
    """

    id: int
    sight: Sight
    other: Sight | NDArray[np.float32]
    how: How = "occlusion"


@dataclass(frozen=True, slots=True)
class Ready:
    """From the process: a model is loaded and warm.

    ``model`` is its name, ``spec`` what the answers are in, ``device`` where it runs, ``devices`` those
    there are. ``run`` and ``sha256`` are its manifest's, for provenance; ``id`` is that of the :class:`Load`.
    """

    model: str
    spec: ModelSpec
    device: Device
    devices: tuple[Device, ...]
    run: str = ""
    sha256: str = ""
    folder: str = ""
    id: int = 0


@dataclass(frozen=True, slots=True)
class Refused:
    """From the process: a model cannot be used, and what to do. ``id`` is that of the :class:`Load`."""

    id: int
    message: str
    fix: str = ""
    devices: tuple[Device, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """From the process: what a model found. ``seconds`` from the beginning of the work to its end.

    ``model`` is the model's name, ``device`` torch's name of where it ran.
    """

    id: int
    image_id: int
    model: str
    prediction: ImagePrediction
    seconds: float
    device: str


@dataclass(frozen=True, slots=True, eq=False)
class Embedded:
    """From the process: the vector ``(E,)`` float32 of unit length of a sight.

    ``model`` and ``sha256`` say by which model: an index of other weights is not to be searched with it.
    """

    id: int
    vector: NDArray[np.float32]
    model: str
    sha256: str
    seconds: float
    device: str


@dataclass(frozen=True, slots=True, eq=False)
class Explained:
    """From the process: what in a sight makes it like another.

    ``heat (h, w)`` float32 0..1 lies over ``frame``, x1 y1 x2 y2 in pixels of the picture: what the network
    saw, which may be larger than the box, and reach out of the picture. ``likeness`` is the cosine, -1..1.
    """

    id: int
    heat: NDArray[np.float32]
    frame: tuple[float, float, float, float]
    likeness: float
    model: str
    seconds: float
    device: str


@dataclass(frozen=True, slots=True)
class Failure:
    """From the process: why there is no answer about an image (0: about a sight), and what to do."""

    id: int
    image_id: int
    message: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """From the process: something a person should know though the work goes on ("" takes it back)."""

    message: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Memory:
    """From the process: how many bytes of its device are used, by anybody, and how many there are."""

    used: int
    total: int


ToWorker: TypeAlias = Load | Ask | Embed | Explain | Ahead
FromWorker: TypeAlias = Ready | Refused | Answer | Embedded | Explained | Failure | Notice | Memory
Message: TypeAlias = ToWorker | FromWorker


def send(stream: IO[bytes], message: Message) -> None:
    """Write a message, whole. OSError where the other end is gone."""
    data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    stream.write(_LENGTH.pack(len(data)) + data)
    stream.flush()


def receive(stream: IO[bytes]) -> Message:
    """Read the next message; waits for it. EOFError where the other end is gone, also amid a message."""
    (length,) = _LENGTH.unpack(_exactly(stream, _LENGTH.size))
    message: Message = pickle.loads(_exactly(stream, length))
    return message


def _exactly(stream: IO[bytes], count: int) -> bytes:
    data = stream.read(count)
    if len(data) < count:
        raise EOFError("the other end of the pipe is gone")
    return data
