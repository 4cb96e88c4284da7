"""One of two processes that torchrun starts: what a team does, checked from both sides."""

from __future__ import annotations

import sys
from pathlib import Path

import torch

from training.fine_tuning.team import Team


def step(team: Team, network: torch.nn.Module, *, fails: bool) -> float | None:
    """A gradient of rank + 1; the mean of both after it, None where somebody failed."""
    network.zero_grad()
    try:
        with team.shared_gradients(network):
            if fails:
                raise MemoryError("no room")
            torch.autograd.backward(network.weight.sum() * (team.rank + 1))
    except MemoryError:
        return None
    return float(network.weight.grad.mean())


def main() -> None:
    """Write what was seen to the folder of the first argument, a file for each process."""
    team = Team.joined()
    network = torch.nn.Linear(2, 1, bias=False)
    seen: list[object] = [team.size, team.device("cpu"), team.own_seed]
    for order in ("first", "second"):
        if team.leads:
            team.hand_out(order)
            seen.append(order)
        else:
            seen.append(team.next_order())
        fails = order == "second" and team.rank == 1
        if team.leads:
            for number in (7, 8)[: 1 if order == "second" else 2]:
                team.announce(number)
                seen.append((number, step(team, network, fails=False)))
            team.dismiss()
        else:
            while (number := team.next_step()) is not None:
                mean = step(team, network, fails=fails)
                seen.append((number, mean))
                if mean is None:
                    break
    if team.leads:
        team.hand_out(None)
    else:
        assert team.next_order() is None
    team.leave()
    (Path(sys.argv[1]) / f"{team.rank}.txt").write_text(repr(seen))


if __name__ == "__main__":
    main()
