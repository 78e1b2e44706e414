"""Settings and recent stores: kept over starts, and never in the way of one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.settings import RECENT, Settings, SettingsError, SettingsFile, settings_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "config"


def make_store(path: Path) -> Path:
    path.mkdir(parents=True)
    (path / "store.toml").write_text("", encoding="utf-8")
    return path


def test_what_was_chosen_is_there_at_the_next_start(folder: Path) -> None:
    first = SettingsFile(folder)
    assert first.settings == Settings()
    first.change(theme="light", font_scale=150, author="Anna Ünal")
    first.set_layout(splitter=[300, 900], maximised=True)
    again = SettingsFile(folder)
    assert again.settings == Settings(theme="light", font_scale=150, author="Anna Ünal")
    assert again.layout("splitter") == [300, 900]
    assert again.layout("nothing", "default") == "default"
    assert again.problem == ""


def test_folder_follows_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DEEPFASHION_STUDIO_HOME", str(tmp_path / "elsewhere"))
    assert settings_folder() == tmp_path / "elsewhere"
    monkeypatch.delenv("DEEPFASHION_STUDIO_HOME")
    assert settings_folder().name == "deepfashion-studio"


@pytest.mark.parametrize(
    "content", ["", "{", "[1, 2]", "null", '"text"', '{"settings": ', "\x00\x01", '{"a": 1} trailing']
)
def test_broken_file_is_kept_aside_and_defaults_used(folder: Path, content: str) -> None:
    folder.mkdir()
    (folder / "settings.json").write_text(content, encoding="utf-8")
    opened = SettingsFile(folder)
    assert opened.settings == Settings()
    assert "settings.json" in opened.problem
    opened.change(theme="light")
    assert (folder / "settings.json.bak").read_text(encoding="utf-8") == content
    assert SettingsFile(folder).settings.theme == "light"


def test_one_impossible_value_does_not_cost_the_others(folder: Path) -> None:
    folder.mkdir()
    content = {"settings": {"theme": "sepia", "font_scale": 9000, "density": "compact", "later": 1}}
    (folder / "settings.json").write_text(json.dumps(content), encoding="utf-8")
    opened = SettingsFile(folder)
    assert opened.settings == Settings(density="compact")
    assert (folder / "settings.json.bak").is_file()


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda x: (
            st.lists(x)
            | st.dictionaries(
                st.sampled_from(["settings", "recent", "layout", "path", "theme", "opened"]) | st.text(), x
            )
        ),
    )
)
def test_no_json_keeps_the_program_from_starting(
    tmp_path_factory: pytest.TempPathFactory, content: object
) -> None:
    folder = tmp_path_factory.mktemp("any")
    (folder / "settings.json").write_text(json.dumps(content), encoding="utf-8")
    opened = SettingsFile(folder)
    assert isinstance(opened.settings, Settings)
    opened.save()
    assert SettingsFile(folder).problem == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("theme", "sepia"),
        ("font_scale", 99),
        ("font_scale", "big"),
        ("large_shapes", 1),
        ("mask_opacity", 41),
    ],
)
def test_impossible_values_are_refused_by_name(folder: Path, name: str, value: object) -> None:
    with pytest.raises(SettingsError, match=name):
        SettingsFile(folder).change(**{name: value})


def test_recent_stores_are_in_order_once_each_and_not_too_many(folder: Path, tmp_path: Path) -> None:
    file = SettingsFile(folder)
    paths = [make_store(tmp_path / f"store{number}") for number in range(RECENT + 3)]
    for path in paths:
        file.remember(path, images=5, garments=9, reviewed=0.5)
    file.remember(paths[-2], name="again")
    recent = SettingsFile(folder).recent()
    assert len(recent) == RECENT
    assert [store.path for store in recent[:3]] == [paths[-2], paths[-1], paths[-3]]
    assert recent[0].name == "again"
    assert (recent[1].images, recent[1].garments, recent[1].reviewed) == (5, 9, 0.5)
    assert recent[0].opened is not None
    assert recent[0].opened >= recent[1].opened


def test_missing_store_is_told_located_and_forgotten(folder: Path, tmp_path: Path) -> None:
    file = SettingsFile(folder)
    old = make_store(tmp_path / "old")
    file.remember(old, name="mine")
    new = tmp_path / "new"
    old.rename(new)
    assert not file.recent()[0].found
    file.locate(old, new)
    assert SettingsFile(folder).recent()[0].found
    assert file.recent()[0].name == "mine"
    file.forget(new)
    assert SettingsFile(folder).recent() == []


def test_a_disk_that_cannot_be_written_is_said_with_the_path(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    with pytest.raises(SettingsError, match="cannot be saved"):
        SettingsFile(blocked / "config").change(theme="light")


def test_saving_leaves_no_other_file(folder: Path) -> None:
    SettingsFile(folder).change(theme="light")
    assert [path.name for path in folder.iterdir()] == ["settings.json"]


def test_every_setting_says_what_it_does() -> None:
    for name, option in Settings.options().items():
        assert option.title, name
        assert len(option.help) > 10, name


def test_author_is_the_user_while_none_is_set(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "curator")
    file = SettingsFile(folder)
    assert file.author == "curator"
    file.change(author="Anna")
    assert file.author == "Anna"
