#!/usr/bin/env bash
# Makes the keys of a new gate as files of a folder, one for each secret of the vault, by openssl alone. Nothing is overwritten: a data key that is replaced loses everything that was sealed under it.
#   new-keys.sh FOLDER ORIGIN     ORIGIN: what the log is called, the public URL's host and /log: gate.example/log
# Then, for each:  az keyvault secret set --vault-name VAULT --name data --file FOLDER/data     and remove the folder.
set -euo pipefail
folder=${1:?usage: new-keys.sh FOLDER ORIGIN} origin=${2:?usage: new-keys.sh FOLDER ORIGIN}
umask 077
mkdir -p "$folder"
for name in data grant-current log-current signals-current; do
  [[ ! -e $folder/$name ]] || { echo "$folder/$name is there already: nothing was made." >&2; exit 1; }
done

printf %s "$(openssl rand -base64 32)" >"$folder/data"
openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$folder/grant-current"
openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:3072 -out "$folder/signals-current"

# A key of a signed note: PRIVATE+KEY+{name}+{first 4 bytes of SHA-256 over name, line end, type 1 and public key}+{type 1 and seed}. The DER forms end with the 32 bytes of the seed and of the public key.
pem=$(openssl genpkey -quiet -algorithm ed25519)
id=$({ printf '%s\n\001' "$origin"; openssl pkey -pubout -outform DER <<<"$pem" | tail -c 32; } | openssl dgst -sha256 -binary | head -c 4 | od -An -tx1 | tr -d ' \n')
printf 'PRIVATE+KEY+%s+%s+%s' "$origin" "$id" "$({ printf '\001'; openssl pkey -outform DER <<<"$pem" | tail -c 32; } | openssl base64 -A)" >"$folder/log-current"
