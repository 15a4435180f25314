#!/usr/bin/env bash
# Locks the write-once policy of the backups' container, FOR GOOD: from then on its days can only be made more, and neither the container nor its account can be deleted while a backup in it is younger.
# Never part of `azd up`. Needs the Azure CLI, a log-in that may manage immutability policies, and the word LOCK typed by a human.
set -euo pipefail

account=${1:?usage: lock-backups.sh EVIDENCE_ACCOUNT RESOURCE_GROUP}
group=${2:?usage: lock-backups.sh EVIDENCE_ACCOUNT RESOURCE_GROUP}
container=backups

read -r etag days state < <(az storage container immutability-policy show --account-name "$account" --resource-group "$group" --container-name "$container" \
  --query '[etag, immutabilityPeriodSinceCreationInDays, state]' --output tsv | tr '\n' ' ')
if [[ $state == Locked ]]; then
  echo "The policy of $account/$container is locked already ($days days)."
  exit 0
fi

echo "This keeps everything that is put into $account/$container for $days days, whoever asks, and cannot be undone."
read -r -p "Type LOCK to go on: " word
[[ $word == LOCK ]] || { echo "Nothing was changed."; exit 1; }
az storage container immutability-policy lock --account-name "$account" --resource-group "$group" --container-name "$container" --if-match "$etag" --output none
echo "Locked."
