"""What every command has in common: exit status, one message per failure, one object with ``--json``.

Exit status: 0 done, 1 the machine is at fault, 2 the input is wrong, 130 interrupted.
"""

from __future__ import annotations

import errno
import functools
import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ParamSpec, TypeVar

import typer

from trafficsim.base.errors import MOST_PLACE, TrafficsimError, shortened
from trafficsim.base.findings import Finding

INTERRUPTED = 130
PAGE_WIDTH = 160
DEBUG_VARIABLE = "TRAFFICSIM_DEBUG"
Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")


def guarded(command: Callable[Arguments, Answer]) -> Callable[Arguments, Answer]:
    """Turn whatever a command raises into one message on stderr and an exit status."""

    @functools.wraps(command)
    def run(*arguments: Arguments.args, **options: Arguments.kwargs) -> Answer:
        try:
            return command(*arguments, **options)
        except KeyboardInterrupt:
            _stop("interrupted; finished replications are kept in the folder of --out, if one was given", INTERRUPTED)
        except TrafficsimError as error:
            _stop(str(error), error.exit_status)
        except BrokenPipeError:  # the reader of our output has gone: nobody is left to tell
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(1) from None
        except OSError as error:
            _stop(_machine(error), 1)
        except MemoryError:
            _stop("the memory of this machine ran out. Remedy: use fewer workers, or a smaller scenario", 1)
        except (typer.Exit, typer.Abort):
            raise
        except Exception as error:  # noqa: BLE001 - a defect of ours must not look like a crash of the user's shell
            _stop(_defect(error), 1)
        raise AssertionError("unreachable")

    return run


def print_json(value: Mapping[str, Any]) -> None:
    """Print exactly one JSON object on stdout."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False))


def show(table: Any) -> None:
    """Print a rich table on stdout: as wide as the terminal, and not cut short where there is none."""
    from rich.console import Console

    Console(width=None if sys.stdout.isatty() else PAGE_WIDTH).print(table)


def say(message: str) -> None:
    """Print a remark on stderr."""
    typer.echo(message, err=True)


def line_of(finding: Finding) -> str:
    """Return a finding as a line, with its remedy."""
    remedy = f". Remedy: {finding.remedy.rstrip('.')}." if finding.remedy else ""
    return f"{finding.level}: {finding.code}: {finding.where}: {finding.message.rstrip('.')}{remedy}"


def say_findings(findings: Iterable[Finding]) -> None:
    """Print what is more than information on stderr."""
    for finding in findings:
        if finding.level != "info":
            say(line_of(finding))


def _stop(message: str, status: int) -> None:
    if os.environ.get(DEBUG_VARIABLE):
        import traceback

        traceback.print_exc()
    say(f"trafficsim: {message}")
    raise typer.Exit(status) from None


def _machine(error: OSError) -> str:
    where = error.filename or "the machine"
    remedy = "free some space" if error.errno == errno.ENOSPC else "look at the path, its permissions and the disk"
    return f"{where}: found {error.strerror or error}; expected a disk that works. Remedy: {remedy}."


def _defect(error: Exception) -> str:
    said = shortened(f"{type(error).__name__}: {error}", MOST_PLACE)
    return (f"a defect of trafficsim itself: {said}. Remedy: report it, with the traceback "
            f"that {DEBUG_VARIABLE}=1 shows.")
