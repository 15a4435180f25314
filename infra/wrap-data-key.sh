#!/usr/bin/env bash
# Makes the value of the secret data-vault (Gating__Keys__DataVault): the data key, wrapped for an RSA key of Key Vault (RSA-OAEP-256) so that only the vault opens it, and where that key is.
#   az keyvault key download --vault-name VAULT --name data-key --encoding PEM --file data-key.pem
#   wrap-data-key.sh FOLDER/data data-key.pem "$(az keyvault key show --vault-name VAULT --name data-key --query key.kid --output tsv)"
# Then:  az keyvault secret set --vault-name VAULT --name data-vault --value "…"
set -euo pipefail
usage='usage: wrap-data-key.sh DATA PEM KID'
data=${1:?$usage} pem=${2:?$usage} kid=${3:?$usage}
[[ $kid =~ ^https://[^/]+/keys/[^/]+/[0-9a-f]{32}$ ]] || { echo "$kid is no version of a key: https://…/keys/{name}/{version}." >&2; exit 1; }
[[ $(openssl base64 -d -A <"$data" | wc -c) == 32 ]] || { echo "$data is no data key: 32 bytes in base64." >&2; exit 1; }

wrapped=$(openssl base64 -d -A <"$data" | openssl pkeyutl -encrypt -pubin -inkey "$pem" -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256 -pkeyopt rsa_mgf1_md:sha256 | openssl base64 -A | tr '+/' '-_' | tr -d =)
printf '%s %s\n' "$wrapped" "$kid"
