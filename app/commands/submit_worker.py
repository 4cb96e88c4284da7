"""Hands a project's queue to a cluster: its worker runs there, with the same messages and gate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from imaging.errors import JobError
from imaging.own_program import is_installed
from training.jobs.candidates import job_folder
from training.jobs.job import Cluster
from training.jobs.process import worker_command

if TYPE_CHECKING:
    import submitit

LONGEST_MINUTES = 24 * 60
"""Unless an option says otherwise; a cluster wants to know."""


def submit_worker(
    folder: Path, job_id: int, cluster: Cluster, options: Sequence[str], processes: int = 1
) -> submitit.Job[str]:
    """Let a cluster start the worker of the project in ``folder``, which its nodes must see too.

    ``options`` are submitit's, such as ``slurm_partition=gpu``. What the worker says is in the
    folder of the job.

    Raises:
        JobError: submitit is not installed, there is no such cluster, or an option is wrong.
    """
    try:
        import submitit
        from submitit.helpers import CommandFunction
    except ModuleNotFoundError as error:
        raise JobError(
            f"Submitting needs {error.name}, which is not installed. {_instead()}"
        ) from error
    parameters = {"timeout_min": LONGEST_MINUTES, "name": "maskwright", **parsed(options)}
    logs = job_folder(folder, job_id) / "cluster"
    try:
        executor = submitit.AutoExecutor(folder=logs, cluster=cluster.value)
        executor.update_parameters(**parameters)
        return executor.submit(CommandFunction(worker_command(folder, processes), verbose=True))
    except (RuntimeError, NameError, TypeError, ValueError, OSError) as error:
        raise JobError(
            f"The worker could not be submitted to {cluster}: {error}. The job waits in the queue; "
            "see to the cluster or the options, then resume it, or start: maskwright worker"
        ) from error


def _instead() -> str:
    """What to do without submitit: an installed program cannot be added to."""
    if is_installed():
        return "On the cluster, start this yourself: maskwright worker --project DIR"
    return "Install it with: pip install 'maskwright[cluster]'"


def parsed(options: Sequence[str]) -> Mapping[str, str | int]:
    """``("gpus_per_node=1",)`` as {"gpus_per_node": 1}.

    Raises:
        JobError: it is no such text.
    """
    found: dict[str, str | int] = {}
    for option in options:
        name, sign, value = option.partition("=")
        if not sign or not name.isidentifier():
            raise JobError(
                f"--submit-option takes a name and a value, such as slurm_partition=gpu; "
                f"{option!r} is not that."
            )
        found[name] = int(value) if value.isdecimal() else value
    return found
