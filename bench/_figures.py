"""One line a figure: name, ratio, budget, floor, measured. Over budget ends with a failure."""

import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Figures:
    """Collects the figures of one script and ends it: `exit()` fails if one is over its budget."""

    over: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Print what the columns are."""
        print(f"{'name':<52} {'ratio':>8} {'budget':>8} {'floor':>12} {'measured':>12}")

    def ratio(
        self, name: str, measured: float, floor: float, *, budget: float | None, scale: str = "ms"
    ) -> None:
        """A time in seconds against its floor in seconds; without a budget it only informs."""
        ratio = measured / floor
        self._line(name, f"{ratio:.2f}", budget, _shown(floor, scale), _shown(measured, scale))
        if budget is not None and ratio > budget:
            self.over.append(name)

    def amount(self, name: str, measured: float, *, budget: float | None, unit: str) -> None:
        """Something that has a budget of its own and no floor, such as memory or what was lost."""
        self._line(name, "-", budget, "-", f"{measured:.1f} {unit}")
        if budget is not None and measured > budget:
            self.over.append(name)

    def _line(self, name: str, ratio: str, budget: float | None, floor: str, measured: str) -> None:
        most = "-" if budget is None else f"{budget:g}"
        print(f"{name:<52} {ratio:>8} {most:>8} {floor:>12} {measured:>12}", flush=True)

    def exit(self) -> None:
        """End the script."""
        if self.over:
            sys.exit(f"over budget: {', '.join(self.over)}")


def _shown(seconds: float, scale: str) -> str:
    return f"{seconds * 1000:.1f} ms" if scale == "ms" else f"{seconds:.2f} s"


def median(values: Sequence[float]) -> float:
    """The middle one."""
    return statistics.median(values)


def percentile_95(values: Sequence[float]) -> float:
    """The value that 95 of 100 do not exceed."""
    return statistics.quantiles(values, n=100, method="inclusive")[94]
