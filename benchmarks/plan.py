"""What a process of the benchmarks is told to make, in a file.

Apart from the rest so that the loops that are measured import nothing but what they use.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Report:
    """One report: the notebook, values for its parameter cell, and the HTML file to write."""

    notebook: Path
    parameters: dict[str, str]
    target: Path


def write_plan(path: Path, reports: Sequence[Report], workers: int, warm_up: Sequence[Report] = ()) -> None:
    """Write what a process of ours is to make."""

    def plain(items: Sequence[Report]) -> list[dict[str, Any]]:
        return [
            {"notebook": str(item.notebook), "parameters": item.parameters, "target": str(item.target)}
            for item in items
        ]

    content = {"workers": workers, "reports": plain(reports), "warm_up": plain(warm_up)}
    path.write_text(json.dumps(content), encoding="utf-8")


def read_plan(path: Path) -> tuple[list[Report], int, list[Report]]:
    """Return the reports, the number of workers and the reports to warm up with."""
    content = json.loads(path.read_text(encoding="utf-8"))

    def reports(items: list[dict[str, Any]]) -> list[Report]:
        return [Report(Path(item["notebook"]), item["parameters"], Path(item["target"])) for item in items]

    return reports(content["reports"]), content["workers"], reports(content["warm_up"])


def write_report(report: Report, html: str) -> None:
    """Write a report's file."""
    report.target.parent.mkdir(parents=True, exist_ok=True)
    report.target.write_text(html, encoding="utf-8")
