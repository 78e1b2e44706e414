"""A screen of its own (Xvfb) with real mouse and key events (xdotool), and the installed program on it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

PROGRAM = Path(sys.executable).with_name("deepfashion-studio")
T = TypeVar("T")
TOOLS = ("Xvfb", "xdotool")


def missing_tools() -> list[str]:
    """The programs that this needs and the machine lacks."""
    return [name for name in TOOLS if shutil.which(name) is None]


def until(check: Callable[[], T], what: str, seconds: float = 60.0) -> T:
    """Asks ``check`` until it answers something true; AssertionError naming ``what`` when it never does."""
    deadline = time.monotonic() + seconds
    while True:
        answer = check()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds:.0f} s for {what}")
        time.sleep(0.02)


class Desktop:
    """An X server with one program at a time on it."""

    def __init__(self, display: str, environment: Mapping[str, str]) -> None:
        self.environment = {**os.environ, **environment, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        #: All that were started on it.
        self.programs: list[Program] = []

    def xdotool(self, *arguments: str | int) -> str:
        """Runs one xdotool command and returns what it prints."""
        command = ["xdotool", *map(str, arguments)]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=30)
        assert done.returncode == 0, f"{command}: {done.stderr}"
        return done.stdout.strip()

    def find(self, *arguments: str | int) -> str:
        """What an xdotool search finds, "" for nothing."""
        command = ["xdotool", *map(str, arguments)]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=30)
        return done.stdout.strip()

    def move(self, x: float, y: float) -> None:
        """Moves the pointer to a place of the screen."""
        self.xdotool("mousemove", "--sync", round(x), round(y))

    def click(self, x: float, y: float) -> None:
        """Clicks the left button."""
        self.move(x, y)
        self.xdotool("click", 1)

    def drag(self, start: tuple[float, float], end: tuple[float, float], steps: int = 6) -> None:
        """Presses at ``start``, moves in steps, lets go at ``end``."""
        self.move(*start)
        self.xdotool("mousedown", 1)
        for i in range(1, steps + 1):
            t = i / steps
            self.move(start[0] + (end[0] - start[0]) * t, start[1] + (end[1] - start[1]) * t)
        self.xdotool("mouseup", 1)

    def key(self, *keys: str) -> None:
        """Presses keys by their X names: "ctrl+z", "Next", "grave"."""
        self.xdotool("key", "--delay", 30, *keys)

    def type(self, text: str) -> None:
        """Types a text into whatever has the focus."""
        self.xdotool("type", "--delay", 15, text)


class Program:
    """The installed program, started as a user would, watched through its trace."""

    def __init__(self, desktop: Desktop, trace: Path, *arguments: str) -> None:
        self.desktop = desktop
        self.trace = trace
        command = [str(PROGRAM), *arguments]
        self.log = trace.with_suffix(".log").open("ab")
        self.process = subprocess.Popen(
            command,
            # Should it crash, its output says where.
            env={**desktop.environment, "DEEPFASHION_STUDIO_TRACE": str(trace), "PYTHONFAULTHANDLER": "1"},
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        desktop.programs.append(self)

    def events(self, kind: str | None = None) -> list[dict[str, Any]]:
        """What the trace has said so far; a half-written last line is left for later."""
        if not self.trace.exists():
            return []
        text = self.trace.read_text(encoding="utf-8")
        lines = text[: text.rfind("\n") + 1].splitlines()
        found = [json.loads(line) for line in lines]
        return [e for e in found if kind is None or e["event"] == kind]

    def wait(self, kind: str, after: int = 0, seconds: float = 60.0) -> dict[str, Any]:
        """The next event of a kind beyond the first ``after`` of them."""

        def found() -> dict[str, Any] | None:
            code = self.process.poll()
            assert code is None, f"the program ended ({code}): {self.output()}"
            events = self.events(kind)
            return events[after] if len(events) > after else None

        event = until(found, f"a {kind!r} event", seconds)
        assert event is not None
        return event

    def settled(self) -> dict[str, Any]:
        """The last picture shown in Annotate, once nothing new has come for a moment."""
        self.wait("shown")
        seen = -1
        while seen != (now := len(self.events())):
            seen = now
            time.sleep(0.3)
        return self.events("shown")[-1]

    def focus(self, title: str = "DeepFashion Studio") -> None:
        """Gives a window of the program the keyboard (there is no window manager to do it)."""
        windows = until(lambda: self._windows(title), f"the window {title!r}")
        self.desktop.xdotool("windowfocus", "--sync", windows[-1])

    def _windows(self, title: str) -> list[str]:
        """The program's windows on the screen with such a title."""
        # Without "--all" a window of the program with any title would do.
        search = ("search", "--all", "--onlyvisible", "--pid", self.process.pid, "--name", title)
        return self.desktop.find(*search).split()

    def choose_file(self, title: str, path: Path) -> None:
        """Types a path into an open file dialog and waits until that is gone.

        Qt's dialog may be busy listing a folder and lose a key then, as it may under a person's hands.
        """
        tried = 0.0

        def closed() -> bool:
            nonlocal tried
            if not self._windows(title):
                return True
            if time.monotonic() - tried > 5:
                self.focus(title)
                self.desktop.key("ctrl+a")
                self.desktop.type(str(path))
                self.desktop.key("Return")
                tried = time.monotonic()
            return False

        self.focus(title)
        until(closed, f"the dialog {title!r} to take {path}")

    def output(self) -> str:
        """What the program printed."""
        return Path(self.log.name).read_text(encoding="utf-8", errors="replace")[-3000:]

    def kill(self) -> None:
        """SIGKILL, as a power button would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)
        self.log.close()

    def end(self) -> None:
        """Ends the program if a test that failed has left it."""
        if self.process.poll() is None:
            self.kill()
        self.log.close()

    def quit(self) -> int:
        """Asks the program to quit and returns its exit code."""
        self.desktop.key("ctrl+q")
        code = self.process.wait(20)
        self.log.close()
        return code


@contextmanager
def desktop(home: Path, width: int = 1600, height: int = 1000) -> Iterator[Desktop]:
    """Starts Xvfb on a free display; everything on it ends with it."""
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=(write,), stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        with os.fdopen(read) as answers:
            display = f":{answers.readline().strip()}"
        runtime = home / "runtime"
        runtime.mkdir(mode=0o700, parents=True, exist_ok=True)
        environment = {
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(runtime),
            "DEEPFASHION_STUDIO_HOME": str(home / "studio"),
        }
        screen = Desktop(display, environment)
        try:
            yield screen
        finally:
            for program in screen.programs:
                program.end()
    finally:
        server.terminate()
        server.wait(10)
