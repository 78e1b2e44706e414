"""What the window reads in, and when."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from store.runs import RunFolder


def test_the_window_never_imports_torch_or_opencv(store_folder: Path) -> None:
    run = RunFolder.create(store_folder, "train", ["train", "--store", str(store_folder)])
    run.event("started", config={"name": "a"}, garments=9, images=8, steps_per_epoch=1, epochs=2, step=0)
    run.event("step", step=1, epoch=1, loss=0.5, losses={})
    run.finish("done")
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "import app.start, app.window\n"
        "from PySide6.QtCore import QTimer\n"
        "shown = app.window.MainWindow.show\n"
        "def show(self):\n"
        "    shown(self)\n"
        "    def step():\n"
        "        if self.session.store is None or self.session.desk.busy():\n"
        "            return\n"
        "        self.open_row(0)\n"
        "        self.go_to('export')\n"
        "        self.importing\n"
        "        self.timer.stop()\n"
        "        assert not {'pyqtgraph', 'pydantic'} & set(sys.modules)\n"
        f"        self.show_run({run.id!r})\n"
        "        self.seen = QTimer(self, interval=50)\n"
        "        self.seen.timeout.connect(finish)\n"
        "        self.seen.start()\n"
        "    def finish():\n"
        "        if self.shell.page() == 'runs' and self.runs._series:\n"
        "            self.seen.stop()\n"
        "            QTimer.singleShot(300, self.close)\n"
        "    self.timer = QTimer(self, interval=50)\n"
        "    self.timer.timeout.connect(step)\n"
        "    self.timer.start()\n"
        "app.window.MainWindow.show = show\n"
        f"code = app.start.run(Path({str(store_folder)!r}))\n"
        "heavy = {'torch', 'torchvision', 'cv2', 'typer', 'rich'} & {n.split('.')[0] for n in sys.modules}\n"
        "sys.stdout.write(' '.join(sorted(heavy)))\n"
        "sys.exit(code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""


def test_what_is_dear_is_not_read_in_before_the_first_paint() -> None:
    script = (
        "import sys, app.start\n"
        "dear = {'sqlalchemy', 'alembic', 'lark', 'platformdirs', 'typer', 'rich', 'cv2', 'torch'}\n"
        "dear |= {'pydantic', 'pyqtgraph', 'tomli_w'}\n"
        "sys.stdout.write(' '.join(sorted(dear & {n.split('.')[0] for n in sys.modules})))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == ""


def test_qt_classes_are_made_in_the_gui_thread_only(store_folder: Path) -> None:
    """A thread that makes one while the GUI thread handles events crashes the program now and then."""
    script = (
        "import sys, threading\n"
        "from importlib.abc import MetaPathFinder\n"
        "from pathlib import Path\n"
        "found = []\n"
        "class Listener(MetaPathFinder):\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        found.append((name, threading.current_thread() is threading.main_thread()))\n"
        "sys.meta_path.insert(0, Listener())\n"
        "import app.start, app.ahead, app.window\n"
        "from PySide6.QtCore import QTimer\n"
        "app.ahead._REST_OF_HANDS = 100\n"
        "shown = app.window.MainWindow.show\n"
        "def show(self):\n"
        "    shown(self)\n"
        "    self.seen = QTimer(self, interval=50)\n"
        "    self.seen.timeout.connect(lambda: 'app.controllers.runs' in sys.modules and self.close())\n"
        "    self.seen.start()\n"
        "app.window.MainWindow.show = show\n"
        f"code = app.start.run(Path({str(store_folder)!r}))\n"
        "def has_qt(name):\n"
        "    module = sys.modules.get(name)\n"
        "    if name.split('.')[0] not in ('app', 'widgets', 'pyqtgraph', 'store', 'inference'):\n"
        "        return False\n"
        "    return any(isinstance(one, type) and hasattr(one, 'staticMetaObject')\n"
        "        and one.__module__ == name for one in vars(module).values()) if module else False\n"
        "sys.stdout.write(' '.join(sorted({n for n, main in found if not main and has_qt(n)})) + ';')\n"
        "sys.stdout.write(str(sum(main and has_qt(n) for n, main in found) > 100))\n"
        "sys.exit(code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == ";True"
