#!/usr/bin/env bash
# A restore, on this machine and in a few minutes: grants and outputs are made, the data account is backed up and lost, the backup is restored and verified, and serves again; an older backup is refused, and it is said why.
# Nothing of Azure is touched: storage is Azurite on 127.0.0.1, in a temporary folder. Exit code 0: every step held.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# GATING_NO_BUILD: whoever has built already spares it the second time.
exec dotnet run ${GATING_NO_BUILD:+--no-build} --project "$root/src/Gating.Local" -- --drill --port 0 "$@"
