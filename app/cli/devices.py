"""``deepfashion-studio devices``: the one command here that imports torch."""

from __future__ import annotations

from dataclasses import asdict

from app.cli.reporter import Reporter


def devices(*, as_json: bool) -> int:
    """Print the devices that a model can run on."""
    from inference.devices import devices as listed

    found = listed()
    with Reporter(as_json=as_json) as reporter:
        return reporter.result(
            {"devices": [asdict(device) for device in found]}, [device.line() for device in found]
        )
