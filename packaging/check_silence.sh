#!/usr/bin/env bash
# Runs a command and proves by its system calls that neither it nor anything that it starts talks to
# the network: sockets of this computer alone (the screen, a helper process) are let pass.
# Usage: packaging/check_silence.sh COMMAND...      needs strace; CALLS names the list of calls
# Fails where the command fails, and where anything was connected, bound or sent elsewhere.
set -euo pipefail
: "${1:?usage: packaging/check_silence.sh COMMAND...}"
calls=${CALLS:-$(mktemp)}

exit_code=0
# --seccomp-bpf stops the command at these calls only: all others cost nothing.
strace -f -qq --seccomp-bpf -e trace=%network -e signal=none -o "$calls" "$@" || exit_code=$?

if ! grep -q AF_UNIX "$calls"; then
  echo "No socket was seen at all, not even the screen's: strace did not listen." >&2
  exit 1
fi
# Kinds of sockets that leave the computer, or ask the kernel how it is connected.
if grep -E 'AF_(INET6?|NETLINK|PACKET|VSOCK)' "$calls" >&2; then
  echo "These calls reach for the network." >&2
  exit 1
fi
echo "Not one call reached for the network, $(grep -c AF_UNIX "$calls") stayed on this computer ($calls)."
exit "$exit_code"
