#!/usr/bin/env bash
# Runs a command and proves by its system calls that neither it nor anything that it starts talks to
# the network: sockets inside this computer (the screen's, between processes) are let pass.
# Usage: packaging/check_silence.sh COMMAND...      needs strace; CALLS names the list of calls
# Fails where the command fails (with its exit code), and where anything reached for the network.
set -euo pipefail
: "${1:?usage: packaging/check_silence.sh COMMAND...}"
calls=${CALLS:-$(mktemp)}

# --seccomp-bpf stops the command at these calls only: all others cost nothing.
listen_to() {
  strace -f -qq --seccomp-bpf -e trace=%network -e signal=none -o "$@"
}

# First something that does reach for the network, to see that it would be heard.
probe=$(mktemp)
listen_to "$probe" bash -c ': </dev/tcp/127.0.0.1/9' 2>/dev/null || true
if ! grep -q 'connect.*AF_INET' "$probe"; then
  echo "strace hears nothing here; it may be forbidden." >&2
  exit 1
fi
rm "$probe"

exit_code=0
listen_to "$calls" "$@" || exit_code=$?

# Let pass: urllib3, when it is loaded, asks by these two calls whether the computer knows IPv6. It
# names no port, and closes what it opened.
readonly asks_for_ipv6='socket\(AF_INET6, SOCK_STREAM\|SOCK_CLOEXEC, IPPROTO_IP\)|bind\(.*sin6_port=htons\(0\).*"::1"'
if grep -vE "$asks_for_ipv6" "$calls" | grep -E 'AF_(INET6?|NETLINK|PACKET|VSOCK)|listen\(' >&2; then
  echo "These calls reach for the network." >&2
  exit 1
fi
echo "Not one call reached for the network, $(grep -c AF_UNIX "$calls" || true) stayed on this computer ($calls)."
exit "$exit_code"
