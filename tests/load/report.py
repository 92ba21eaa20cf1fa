"""What a rehearsal found: steps with their seconds, figures, checks that did not hold."""

import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


class Stop(Exception):
    """A step could not be done at all, so the later ones make no sense."""


@dataclass
class Report:
    """Collected while the rehearsal runs, printed at its end; any difference means a non-zero exit."""

    steps: list[tuple[str, float]] = field(default_factory=list)
    figures: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    not_run: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    checks: int = 0
    _step: str = ""

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time one step; what it raises is a difference and ends the rehearsal.

        Raises:
            Stop: after any exception of the step.
        """
        self._step = name
        print(f"── {name}", flush=True)
        began = time.monotonic()
        try:
            yield
        except Stop:
            raise
        except Exception as error:
            self.differences.append(f"[{name}] ended by {error!r}\n{traceback.format_exc()}")
            raise Stop from error
        finally:
            self.steps.append((name, time.monotonic() - began))

    def check(self, holds: bool, otherwise: str) -> bool:
        """Count a check; `otherwise` says what is wrong when it does not hold."""
        self.checks += 1
        if not holds:
            self.differences.append(f"[{self._step}] {otherwise}")
            print(f"   DIFFERENCE {otherwise}", flush=True)
        return holds

    def equal(self, what: str, found: object, expected: object) -> bool:
        """Check that two values are equal."""
        return self.check(found == expected, f"{what}: found {found!r}, expected {expected!r}")

    def figure(self, name: str, value: object) -> None:
        """Note one figure for the table at the end; a later one of the same name stands instead."""
        self.figures[name] = f"{value:,.1f}" if isinstance(value, float) else str(value)

    def leave_out(self, what: str) -> None:
        """Name something that this run did not do."""
        self.not_run.append(what)

    def text(self) -> str:
        """Return the whole report."""
        width = max((len(name) for name in self.figures), default=0)
        lines = ["", "REHEARSAL REPORT", "", "Seconds per step"]
        lines += [f"  {seconds:8.1f}  {name}" for name, seconds in self.steps]
        lines += [f"  {sum(seconds for _, seconds in self.steps):8.1f}  altogether", "", "Figures"]
        lines += [f"  {name:<{width}}  {value}" for name, value in self.figures.items()]
        for title, found in (("Notes", self.notes), ("Not run", self.not_run)):
            lines += ["", title, *(f"  - {line}" for line in found)] if found else []
        lines += ["", f"Checks: {self.checks}, differences: {len(self.differences)}"]
        lines += [f"  ! {difference}" for difference in self.differences]
        lines.append("")
        lines.append("The rehearsal FAILED." if self.differences else "The rehearsal went well.")
        return "\n".join(lines)
