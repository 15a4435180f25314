#!/usr/bin/env bash
# Makes the value of the secret log-vault (Gating__Keys__LogVault) of a P-256 key that lies in Key Vault: what its signatures are checked with, and where it is. Reads what az says of the key:
#   az keyvault key show --vault-name VAULT --name log-ecdsa | vault-key.sh ORIGIN     ORIGIN: what the log is called, the public URL's host and /log: gate.example/log
# Then:  az keyvault secret set --vault-name VAULT --name log-vault --value "…"
set -euo pipefail
origin=${1:?usage: az keyvault key show … | vault-key.sh ORIGIN}
key=$(cat)
text() { sed -n "s/^ *\"$1\": *\"\([^\"]*\)\".*/\1/p" <<<"$key" | head -n 1; }
bytes() { local text; text=$(tr '_-' '/+' <<<"$1"); openssl base64 -d -A <<<"$text$(printf '%*s' $(((4 - ${#text} % 4) % 4)) '' | tr ' ' =)"; }
[[ $(text crv) == P-256 && -n $(text kid) ]] || { echo 'This is no P-256 key as az shows one.' >&2; exit 1; }

# A verifier key of a signed note (C2SP): {name}+{first 4 bytes of SHA-256 over the key}+{type 2 and key}, the key as SubjectPublicKeyInfo: for P-256 always the same 26 bytes, 4, x and y.
spki() { openssl base64 -d -A <<<MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE; bytes "$(text x)"; bytes "$(text y)"; }
[[ $(spki | wc -c) == 91 ]] || { echo 'Its coordinates are not of 32 bytes.' >&2; exit 1; }
printf '%s+%s+%s %s\n' "$origin" "$(spki | openssl dgst -sha256 -binary | head -c 4 | od -An -tx1 | tr -d ' \n')" "$({ printf '\002'; spki; } | openssl base64 -A)" "$(text kid)"
