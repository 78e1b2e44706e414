"""The folder that is a store: where its files are, ``store.toml``, and whether it may lie there."""

from __future__ import annotations

import json
import os
import tomllib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from store.errors import StoreError

SETTINGS = "store.toml"
DATABASE = "studio.db"
RUNS = "runs"

_NETWORK = frozenset(
    {
        *("afs", "afpfs", "beegfs", "ceph", "cifs", "davfs", "gfs2", "glusterfs", "gpfs", "lustre", "ncpfs"),
        *("nfs", "nfs4", "ocfs2", "pvfs2", "smb", "smb2", "smb3", "smbfs", "webdav"),
        *("fuse.davfs", "fuse.glusterfs", "fuse.s3fs", "fuse.sshfs", "fuse.rclone"),
    }
)
_MOUNTS = Path("/proc/mounts")


@dataclass(frozen=True, slots=True)
class Settings:
    """What ``store.toml`` says. ``url`` is empty for the SQLite file of the folder itself."""

    name: str
    url: str = ""


def read_settings(folder: Path) -> Settings:
    """The settings of a store. StoreError when the folder is no store or the file does not parse."""
    file = folder / SETTINGS
    try:
        if not folder.is_dir():
            raise StoreError(f"{folder} is not a folder.", "Choose the folder of a store, or create one.")
        raw = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise StoreError(
            f"{folder} is not a store: it has no {SETTINGS}.",
            "Choose the folder of a store, or create one with an import.",
        ) from None
    except OSError as error:
        raise StoreError(f"{file} cannot be read: {error.strerror}.", "Check who may read it.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StoreError(f"{file} cannot be read: {error}.", "Correct it in a text editor.") from error
    name, url = raw.get("name", folder.name), raw.get("url", "")
    if not isinstance(name, str) or not isinstance(url, str):
        raise StoreError(f"{file}: name and url must be texts.", "Correct it in a text editor.")
    return Settings(name, url)


def write_settings(folder: Path, settings: Settings, schema: str) -> None:
    """Writes ``store.toml``. OSError when it cannot."""
    lines = [
        "# A store of DeepFashion Studio: annotations, history and settings of a clothes dataset.",
        f"name = {_quoted(settings.name)}",
        f"# The schema at the time of creation was {schema}; the database knows the one it has now.",
    ]
    if settings.url:
        lines.append(f"url = {_quoted(settings.url)}")
    (folder / SETTINGS).write_text("\n".join(lines) + "\n", encoding="utf-8")


def _quoted(text: str) -> str:
    # A JSON text is a TOML text too, but for one character and for pairs of surrogates.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def writable(folder: Path) -> bool:
    """Whether the store in the folder may be changed by this user, on this file system."""
    file = folder / DATABASE
    return os.access(folder, os.W_OK) and os.access(file, os.W_OK)


def refuse_network(folder: Path) -> None:
    """StoreError when the folder is on a network file system.

    SQLite's locks do not hold there: two writers would damage the store.
    """
    kind = file_system(folder)
    if kind in _NETWORK:
        raise StoreError(
            f"{folder} is on a network file system ({kind}), where SQLite's locks do not hold: two people "
            "at work would damage the store.",
            "Put the store on a disk of this machine; the pictures may stay where they are.",
        )


def file_system(folder: Path, mounts: Path | None = None) -> str:
    """The type of the file system a folder lies on, in lower case; empty where the system does not say."""
    try:
        lines = (mounts or _MOUNTS).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    target = PurePosixPath(folder.resolve())
    best, kind = -1, ""
    for line in lines:
        parts = line.split(" ")
        if len(parts) < 3:
            continue
        point = PurePosixPath(_unescape(parts[1]))
        depth = len(point.parts)
        # The later of two mounts on one point hides the earlier.
        if depth >= best and target.is_relative_to(point):
            best, kind = depth, parts[2].lower()
    return kind


def _unescape(text: str) -> str:
    for code, character in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        text = text.replace(code, character)
    return text
