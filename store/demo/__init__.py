"""The demo dataset: clothes drawn by this program, with exact annotations, in DeepFashion2's file layout."""

from store.demo.write import DemoOptions, DemoReport, write_demo

__all__ = ["DemoOptions", "DemoReport", "write_demo"]
