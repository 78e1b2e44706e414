"""From a file, a folder or an address to a model, whole or not at all."""

from __future__ import annotations

import functools
import hashlib
import threading
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from inference.checkpoints.adding import Wanted, add_model, recognised, suggested_name
from inference.checkpoints.fetching import fetch
from inference.models import build, load_model, save_model
from store.errors import Cancelled, StudioError
from store.runs.manifest import WEIGHTS, ModelCategory, ModelManifest, ModelSpec

Weights = dict[str, Tensor]
Saved = Callable[[object], Path]
SPEC = ModelSpec("embedding", "small", (ModelCategory(1, "short sleeve top"),), input_size=64)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small model's folder."""
    torch.manual_seed(0)
    save_model(build(SPEC), ModelManifest("own", SPEC, ("embedding",), "MIT"), tmp_path / "own")
    return tmp_path / "own"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Tests say nothing."""

    def do_GET(self) -> None:
        if self.path == "/short":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"abc")
            return
        super().do_GET()


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Where the test's folder is served."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(tmp_path)))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def _left(models: Path) -> list[str]:
    return sorted(one.name for one in models.iterdir()) if models.is_dir() else []


def test_a_checkpoint_becomes_a_model(tmp_path: Path, second_version: Weights, saved: Saved) -> None:
    file = saved({"state_dict": {f"module.{key}": value for key, value in second_version.items()}})
    wanted = Wanted("public", "Apache-2.0", names=("skirt", "bag", "top"), half=True)
    made = add_model(str(file), tmp_path / "models", wanted)
    assert _left(tmp_path / "models") == ["public"]
    network, manifest = load_model(made.folder)
    assert manifest == made.manifest
    assert (manifest.name, manifest.licence, manifest.starts_from) == ("public", "Apache-2.0", file.name)
    assert [one.name for one in manifest.spec.categories] == ["skirt", "bag", "top"]
    assert manifest.sha256 == hashlib.sha256((made.folder / WEIGHTS).read_bytes()).hexdigest()
    stored = load_file(made.folder / WEIGHTS)["rpn.head.conv.0.0.weight"]
    assert stored.dtype == torch.float16
    loaded = network.state_dict()["rpn.head.conv.0.0.weight"]
    assert torch.allclose(loaded, second_version["rpn_head.rpn_conv.weight"], atol=1e-4)


def test_torchvisions_names_are_ours(torchvision_weights: Weights) -> None:
    frozen = {key: value for key, value in torchvision_weights.items() if "num_batches" not in key}
    made = recognised(frozen, "", (), Path("c.pth"))
    assert made.layout.startswith("torchvision")
    assert [one.name for one in made.spec.categories] == ["category 1", "category 2", "category 3"]
    assert not made.spec.options
    assert made.weights.keys() == torchvision_weights.keys()
    with pytest.raises(StudioError, match="3 categories, 1 were named"):
        recognised(frozen, "torchvision", ("a",), Path("c.pth"))


def test_what_does_not_fit_is_listed_and_leaves_nothing(
    tmp_path: Path, second_version: Weights, saved: Saved
) -> None:
    weights = dict(second_version)
    del weights["neck.fpn_convs.1.conv.bias"]
    weights["rpn_head.rpn_reg.bias"] = torch.zeros(9)
    weights["roi_head.semantic_head.weight"] = torch.zeros(1)
    file = saved(weights)
    with pytest.raises(StudioError) as caught:
        add_model(str(file), tmp_path / "models")
    for part in (
        str(file),
        "missing: backbone.fpn.layer_blocks.1.0.bias",
        "not known: semantic_head.weight",
        "rpn.head.bbox_pred.bias is (9,), not (12,)",
    ):
        assert part in str(caught.value)
    assert _left(tmp_path / "models") == []


def test_an_unknown_network_says_what_its_layers_are(tmp_path: Path, saved: Saved) -> None:
    file = saved({f"layer{number}.weight": torch.ones(1) for number in range(20)})
    with pytest.raises(StudioError, match=r"layer0\.weight.* and 12 more") as caught:
        add_model(str(file), tmp_path / "models")
    assert "mmdetection, torchvision, mmfashion" in caught.value.fix
    with pytest.raises(StudioError, match="no format 'onnx'"):
        add_model(str(file), tmp_path / "models", Wanted(format="onnx"))


def test_a_model_folder_is_tried_and_copied(tmp_path: Path, folder: Path) -> None:
    made = add_model(str(folder), tmp_path / "models", Wanted("mine", "CC0"))
    assert load_model(made.folder)[1] == made.manifest
    assert (made.manifest.name, made.manifest.licence) == ("mine", "CC0")
    with pytest.raises(StudioError, match="There is a model 'mine'"):
        add_model(str(folder), tmp_path / "models", Wanted("mine"))
    again = add_model(str(folder), tmp_path / "models", Wanted("mine", half=True, replace=True))
    assert again.manifest.licence == "MIT"
    assert (again.folder / WEIGHTS).stat().st_size < 0.6 * (folder / WEIGHTS).stat().st_size
    (folder / WEIGHTS).write_bytes(b"x")
    with pytest.raises(StudioError, match="cannot be read"):
        add_model(str(folder), tmp_path / "models", Wanted("broken"))
    with pytest.raises(StudioError, match="is no model"):
        add_model(str(tmp_path), tmp_path / "models", Wanted("nothing"))
    assert _left(tmp_path / "models") == ["mine"]


@pytest.mark.parametrize("name", ["../out", "a/b", ".hidden", "_seed", " "])
def test_names_that_would_lead_elsewhere_are_refused(tmp_path: Path, folder: Path, name: str) -> None:
    with pytest.raises(StudioError, match="cannot be the name"):
        add_model(str(folder), tmp_path / "models", Wanted(name))


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("https://example.org/a/mask_rcnn%20r50.pth?download=1", "mask_rcnn-r50"),
        ("/data/latest.pth.tar", "latest"),
        ("https://example.org/nets/small/manifest.toml", "small"),
        ("https://example.org/nets/small/", "small"),
        ("...", "model"),
    ],
)
def test_a_name_is_taken_from_the_source(source: str, name: str) -> None:
    if source != "...":
        assert suggested_name(source) == name
    else:
        assert suggested_name("/data/---.pth") == name


def test_a_file_is_fetched_and_its_checksum_compared(tmp_path: Path, folder: Path, address: str) -> None:
    sha256 = hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()
    seen: list[tuple[int, int]] = []
    found = fetch(
        f"{address}/own/{WEIGHTS}",
        tmp_path / "weights",
        sha256=sha256.upper(),
        progress=lambda done, total, message="": seen.append((done, total)),
    )
    assert found == sha256
    assert (tmp_path / "weights").read_bytes() == (folder / WEIGHTS).read_bytes()
    size = (folder / WEIGHTS).stat().st_size // 10**6
    assert seen[-1] == (size, size)


def test_a_model_folder_is_fetched(tmp_path: Path, folder: Path, address: str) -> None:
    for source, name in ((f"{address}/own/", "own"), (f"{address}/own/manifest.toml", "again")):
        made = add_model(source, tmp_path / "models", Wanted("" if name == "own" else name))
        assert load_model(made.folder)[1].name == name
    assert _left(tmp_path / "models") == ["again", "own"]


def test_what_cannot_be_fetched_is_told_and_leaves_nothing(
    tmp_path: Path, folder: Path, address: str
) -> None:
    for wrong, told in (("/nowhere.pth", "404"), ("/short", "broke off|IncompleteRead")):
        with pytest.raises(StudioError, match=told):
            add_model(address + wrong, tmp_path / "models")
    with pytest.raises(StudioError, match="is not what was asked for"):
        add_model(f"{address}/own/{WEIGHTS}", tmp_path / "models", Wanted(sha256="ab" * 32))
    with pytest.raises(StudioError, match="larger than"):
        fetch(f"{address}/own/{WEIGHTS}", tmp_path / "large", most_bytes=1000)
    with pytest.raises(StudioError, match="cannot be fetched"):
        add_model("http://127.0.0.1:1/x.pth", tmp_path / "models")
    assert _left(tmp_path / "models") == []
    assert not (tmp_path / "large").exists()
    assert not (tmp_path / "large.part").exists()


def test_fetching_can_be_cancelled(tmp_path: Path, folder: Path, address: str) -> None:
    def stop(done: int, total: int, message: str = "") -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        add_model(f"{address}/own/{WEIGHTS}", tmp_path / "models", progress=stop)
    assert _left(tmp_path / "models") == []
