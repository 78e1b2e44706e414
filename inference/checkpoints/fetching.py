"""Files from the web, with a limit, a checksum and progress."""

from __future__ import annotations

import hashlib
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from store.errors import StudioError
from store.progress import Progress, silent

#: What may be fetched at most: the largest public checkpoints of these networks have some 2 GB.
MOST_BYTES = 4 * 1024**3

_PIECE = 1024**2
_SECONDS = 60


def is_address(source: str) -> bool:
    """Whether a source is to be fetched."""
    return urlsplit(source).scheme.lower() in ("http", "https")


def fetch(
    address: str,
    target: Path,
    *,
    sha256: str = "",
    most_bytes: int = MOST_BYTES,
    progress: Progress = silent,
) -> str:
    """Fetch a file into ``target``, whole or not at all; its SHA-256.

    ``progress`` counts megabytes. StudioError, naming the address, where it cannot be reached, is longer than
    ``most_bytes``, breaks off, or has another checksum than ``sha256``.
    """
    part = target.with_name(f"{target.name}.part")
    try:
        request = Request(address, headers={"User-Agent": "deepfashion-studio"})
        with urlopen(request, timeout=_SECONDS) as answer:
            if not is_address(answer.geturl()):
                raise StudioError(f"{address} leads away from the web.", "Use another address.")
            found = _received(answer, part, address, most_bytes, progress)
        if sha256 and found != sha256.lower():
            raise StudioError(
                f"{address} is not what was asked for: its SHA-256 is {found}, not {sha256.lower()}.",
                "Check the address and the checksum.",
            )
        part.replace(target)
        return found
    except (URLError, HTTPException, ValueError, OSError) as error:
        reason = getattr(error, "reason", None) or error
        if isinstance(error, HTTPError):
            reason = str(error)
            error.close()
        raise StudioError(
            f"{address} cannot be fetched: {reason}.", "Check the address, or fetch it by hand."
        ) from error
    finally:
        part.unlink(missing_ok=True)


def _received(answer: HTTPResponse, part: Path, address: str, most: int, progress: Progress) -> str:
    told = answer.headers.get("Content-Length", "")
    total = int(told) if told.isdigit() else 0
    digest, done = hashlib.sha256(), 0
    with part.open("wb") as out:
        while True:
            _limit(max(done, total), most, address)
            progress(done // 10**6, total // 10**6, "megabytes fetched")
            piece = answer.read(_PIECE)
            if not piece:
                break
            out.write(piece)
            digest.update(piece)
            done += len(piece)
    if total and done < total:
        raise StudioError(f"{address} broke off after {done:,} of {total:,} bytes.", "Try again.")
    return digest.hexdigest()


def _limit(size: int, most: int, address: str) -> None:
    if size > most:
        raise StudioError(
            f"{address} is larger than {most / 1e9:.1f} GB, the most that is fetched.",
            "Fetch it by hand and add the file.",
        )
