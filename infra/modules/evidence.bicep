// Inside the evidence account: the last known checkpoint, which the gate replaces, and backups, which nobody does.
param accountName string
param lastKnownContainer string
param everyone array
param witnessRoleId string
param wormBackups bool
param backupRetentionDays int
param versionDays int
param workspaceId string

resource account 'Microsoft.Storage/storageAccounts@2025-08-01' existing = {
  name: accountName
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2025-08-01' = {
  parent: account
  name: 'default'
  properties: {
    // Each checkpoint that was the last known one stays readable for a while.
    isVersioningEnabled: true
    deleteRetentionPolicy: {
      enabled: true
      days: versionDays
    }
    containerDeleteRetentionPolicy: {
      enabled: true
      days: versionDays
    }
  }
}

resource lastKnown 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-08-01' = {
  parent: blobs
  name: lastKnownContainer
  properties: {
    publicAccess: 'None'
  }
}

resource backups 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-08-01' = {
  parent: blobs
  name: 'backups'
  properties: {
    publicAccess: 'None'
  }
}

// Unlocked: it can still be taken off. lock-backups.sh locks it, after which it can only be made longer.
resource worm 'Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies@2025-08-01' = if (wormBackups) {
  parent: backups
  name: 'default'
  properties: {
    immutabilityPeriodSinceCreationInDays: backupRetentionDays
    allowProtectedAppendWrites: false
  }
}

resource life 'Microsoft.Storage/storageAccounts/managementPolicies@2025-08-01' = {
  parent: account
  name: 'default'
  dependsOn: [
    blobs
  ]
  properties: {
    policy: {
      rules: [
        {
          // One version for each seal: without an end they are a million in twelve busy days.
          name: 'former-checkpoints-end'
          enabled: true
          type: 'Lifecycle'
          definition: {
            filters: {
              blobTypes: [
                'blockBlob'
              ]
              prefixMatch: [
                '${lastKnownContainer}/checkpoint'
              ]
            }
            actions: {
              version: {
                delete: {
                  daysAfterCreationGreaterThan: versionDays
                }
              }
            }
          }
        }
      ]
    }
  }
}

resource written 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for who in everyone: {
  scope: lastKnown
  name: guid(resourceGroup().id, 'lastknown', who.id)
  properties: {
    principalId: who.id
    principalType: who.type
    roleDefinitionId: witnessRoleId
  }
}]

resource deletions 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: blobs
  name: 'deletions'
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        category: 'StorageDelete'
        enabled: true
      }
    ]
  }
}
