"""How long something takes, and how a figure is told: on a line, with the goal that it is held against."""

import time
from collections.abc import Callable
from typing import Any


def seconds(act: Callable[[], Any]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def cpu_seconds(act: Callable[[], Any]) -> float:
    began = time.process_time()
    act()
    return time.process_time() - began


def tell(key: str, value: float, goal: float, *, at_least: bool = False) -> None:
    print(f"{key} = {value:.4g} (goal {'≥' if at_least else '≤'} {goal:g})", flush=True)
