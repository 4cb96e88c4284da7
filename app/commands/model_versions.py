"""`maskwright models versions`, `promote` and `roll-back`: which version of a model is used."""

from __future__ import annotations

from pathlib import Path

import typer

from app.bootstrap import model_store
from app.commands.project_access import print_json, print_table
from inference.model_package import ModelPackage
from inference.model_store import ModelStore
from inference.model_versions import ModelVersions
from training.cases.file_lock import login_name
from training.jobs.candidates import promote_candidate
from training.jobs.job_queue import JobQueue


def list_versions(model: str | None, *, as_json: bool) -> None:
    """Print the installed version of a model and those made of it."""
    store = model_store()
    active = store.find(model)
    installed = store.installed(active.id)
    rows = [_fields(one, active, "fine-tuned") for one in _versions(store).installed(active.id)]
    rows.insert(0, _fields(installed, active, "as installed"))
    if as_json:
        print_json(rows)
        return
    table = [
        ("*" if row["is_active"] else "", str(row["version"]), str(row["origin"])) for row in rows
    ]
    typer.echo(active.id)
    print_table(("", "version", "origin"), table)


def promote(folder: Path, job_id: int, reason: str, author: str | None, *, as_json: bool) -> None:
    """Use the candidate of a job from now on."""
    with JobQueue.open(folder, author=author) as queue:
        who = (author or "").strip() or login_name()
        package = promote_candidate(queue, folder, queue.get(job_id), model_store(), reason, who)
    _tell(package, as_json=as_json)


def roll_back(model: str | None, *, as_json: bool) -> None:
    """Use the version before from now on."""
    store = model_store()
    model_id = store.find(model).id
    _versions(store).roll_back(model_id)
    _tell(store.find(model_id), as_json=as_json)


def _tell(package: ModelPackage, *, as_json: bool) -> None:
    if as_json:
        print_json({"id": package.id, "version": package.version})
    else:
        typer.echo(f"{package.id} {package.version} is in use now.")


def _fields(package: ModelPackage, active: ModelPackage, origin: str) -> dict[str, object]:
    return {
        "id": package.id,
        "version": package.version,
        "origin": origin,
        "is_active": package.folder == active.folder,
        "folder": package.folder,
    }


def _versions(store: ModelStore) -> ModelVersions:
    assert store.versions is not None  # the program's own store has them
    return store.versions
