"""The guide says what is so: tables, commands, exit codes, links, and the label it sends people to."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from app.cli.outcome import Exit
from app.cli.program import program
from app.controllers.welcome import GUIDES
from store.demo.compose import draw
from store.demo.errors import SHIFTED, spoil
from store.demo.labels import annotation
from store.demo.plan import picture
from store.demo.write import DemoOptions
from store.filters import parse
from store.runs.configuring import read_config
from store.runs.form import fields
from store.runs.form import sections as form_sections
from store.runs.manifest import read_manifest

DOCS = Path(__file__).resolve().parents[3] / "docs"
GUIDE_PAGES = [page for page in sorted(DOCS.glob("*.md")) if page.name != "architecture.md"]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^ *```\n(.*?)```", re.DOTALL | re.MULTILINE)
SCRIPT = re.compile(r"^ *```python\n(.*?)```", re.DOTALL | re.MULTILINE)


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as they are made on the web."""
    heads = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


def commands() -> Iterator[tuple[str, list[str]]]:
    """Every command line of the program that the guide shows, split into words."""
    for page in GUIDE_PAGES:
        for block in FENCE.findall(page.read_text(encoding="utf-8")):
            for line in block.replace("\\\n", " ").splitlines():
                command = line.removeprefix("$ ")
                if command.startswith("deepfashion-studio"):
                    words = shlex.split(command, comments=True)
                    yield f"{page.name}: {line}", [w for w in words[1:] if w not in (">", "report.json")]


def options(group: Any, before: str = "") -> dict[str, set[str]]:
    """The options of every command, also of those inside groups, by name ("evaluate run")."""
    found: dict[str, set[str]] = {}
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            found |= options(command, f"{before}{name} ")
        else:
            found[f"{before}{name}"] = {option for param in command.params for option in param.opts}
    return found


def written_by(script: str, page: str, tmp_path: Path) -> bytes:
    """What a script makes of a page, run on a copy of both."""
    for name in (script, page):
        (tmp_path / name).write_bytes((DOCS / name).read_bytes())
    command = [sys.executable, str(tmp_path / script)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return (tmp_path / page).read_bytes()


@pytest.mark.parametrize(
    ("script", "page"),
    [
        ("shortcuts.py", "shortcuts.md"),
        ("fields.py", "filters.md"),
        ("configuration.py", "configuration.md"),
    ],
)
def test_what_is_written_by_a_script_is_current(script: str, page: str, tmp_path: Path) -> None:
    assert written_by(script, page, tmp_path) == (DOCS / page).read_bytes(), f"run docs/{script}"


@pytest.mark.parametrize("page", [*GUIDE_PAGES, DOCS.parent / "README.md"], ids=lambda page: page.name)
def test_links_and_pictures_are_there(page: Path) -> None:
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        if "://" in link:
            continue
        name, _, anchor = link.partition("#")
        target = page.parent / name if name else page
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target), link


def test_every_picture_is_shown_somewhere() -> None:
    texts = "".join(page.read_text(encoding="utf-8") for page in GUIDE_PAGES)
    shown = {link for link in LINK.findall(texts) if link.startswith("images/")}
    there = {one.relative_to(DOCS).as_posix() for one in (DOCS / "images").rglob("*.png")}
    assert shown <= there
    readme = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    assert [name for name in sorted(there - shown) if f"docs/{name}" not in readme] == []


def test_every_page_is_reached_from_the_start() -> None:
    start = (DOCS / "README.md").read_text(encoding="utf-8")
    linked = {link.partition("#")[0] for link in LINK.findall(start)}
    assert {page.name for page in GUIDE_PAGES} - linked == {"README.md"}


def test_the_program_opens_the_start_of_the_guide() -> None:
    assert GUIDES[0] == DOCS / "README.md"


def test_commands_and_options_exist() -> None:
    known = options(typer.main.get_command(program))
    shown = list(commands())
    assert len(shown) > 10
    for where, words in shown:
        if not words:
            continue
        command = " ".join(words[:2]) if " ".join(words[:2]) in known else words[0]
        assert command in known, where
        assert {word for word in words if word.startswith("--")} <= known[command], where
        if "--where" in words:
            assert parse(words[words.index("--where") + 1]) is not None, where


def test_settings_of_training_runs_in_the_guide_fit() -> None:
    shown = [words for _, words in commands() if words and words[0] == "train"]
    settings = [words[place + 1] for words in shown for place, word in enumerate(words) if word == "--set"]
    settings = [setting for setting in settings if setting != "KEY=VALUE"]
    assert len(settings) > 5
    for setting in settings:
        assert read_config(None, [setting]) is not None
    pages = "".join(page.read_text(encoding="utf-8") for page in GUIDE_PAGES)
    sections = "|".join(section.key for section in form_sections() if section.key)
    named = set(re.findall(rf"`((?:{sections})\.[a-z_]+)[`=]", pages))
    assert named == {field.name for field in fields()} - {"name"}


def test_configurations_in_the_guide_are_read(tmp_path: Path) -> None:
    blocks = FENCE.findall((DOCS / "configuration.md").read_text(encoding="utf-8"))
    written = [block for block in blocks if "[model]" in block]
    assert written
    for block in written:
        file = tmp_path / "run.toml"
        file.write_text(block, encoding="utf-8")
        assert parse(read_config(file).data.train) is not None


def test_manifests_in_the_guide_are_read(tmp_path: Path) -> None:
    blocks = FENCE.findall((DOCS / "models.md").read_text(encoding="utf-8"))
    written = [block for block in blocks if "[spec]" in block]
    assert written
    for block in written:
        (tmp_path / "manifest.toml").write_text(block, encoding="utf-8")
        assert read_manifest(tmp_path).spec.categories


def test_scripts_in_the_guide_compile() -> None:
    scripts = [(page, code) for page in GUIDE_PAGES for code in SCRIPT.findall(page.read_text("utf-8"))]
    assert len(scripts) >= 2
    for page, code in scripts:
        compile(textwrap.dedent(code), str(page), "exec")


def test_filters_of_the_guide_can_be_read() -> None:
    text = (DOCS / "filters.md").read_text(encoding="utf-8")
    lines = [line for block in FENCE.findall(text) for line in block.splitlines()]
    lines += re.findall(r"^\| `([^`]+ = [^`]+)` \|", text, re.MULTILINE)
    assert len(lines) >= 6
    for line in lines:
        assert parse(line) is not None


def test_exit_codes_are_all_said() -> None:
    text = (DOCS / "command-line.md").read_text(encoding="utf-8")
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", text, re.MULTILINE)} == set(map(int, Exit))


def test_the_label_that_the_first_correction_puts_right_is_wrong() -> None:
    text = (DOCS / "first-correction.md").read_text(encoding="utf-8")
    name = re.search(r"`file ~ (\d{6})`", text)
    assert name is not None
    usual = DemoOptions()
    index = int(name.group(1)) - 1
    plan = picture(usual.seed, index)
    _said, wrong = spoil(annotation(plan, draw(plan, usual.size)), usual.seed, index, usual.errors)
    assert plan.name == name.group(1)
    assert SHIFTED in [one.kind for one in wrong]
