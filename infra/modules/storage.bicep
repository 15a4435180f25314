// Three accounts without keys. host: the platform's own and the package. data: what the gate keeps. evidence: what a restore of data must not reach.
param location string
param tags object
param token string
param sku string
param prefix string
param isPrivate bool
param largeUploads bool
param archiveImmutability string
param wormBackups bool
param backupRetentionDays int
param versionDays int
param enableLocks bool
param identityPrincipalId string
param operatorsGroupId string
param workspaceId string

// Storage Blob Data Owner (the platform's leases and keys), Queue Data Contributor, Table Data Contributor.
var blobOwner = 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
var queueContributor = '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
var tableContributor = '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'

var lower = toLower(prefix)
var tables = [
  'ledger'
  'names'
  'registry'
  'index'
  'letters'
  'leaves'
  'pending'
  'timelines'
  'cursors'
  'statuslists'
  'signals'
]
var queues = [
  'generations'
  'outputs'
  'trace'
  'events'
]
var containers = [
  'entries'
  'incoming'
  'log'
]

var roles = [
  'host'
  'data'
  'evidence'
]

resource accounts 'Microsoft.Storage/storageAccounts@2025-08-01' = [for role in roles: {
  name: take('st${role}${token}', 24)
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: sku
  }
  properties: {
    accessTier: 'Hot'
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowedCopyScope: 'AAD'
    supportsHttpsTrafficOnly: true
    minimumTlsVersion: 'TLS1_2'
    isLocalUserEnabled: false
    isSftpEnabled: false
    encryption: {
      keySource: 'Microsoft.Storage'
      requireInfrastructureEncryption: true
    }
    // An upload's address is good for an hour. Logged, not blocked: whether Block takes an address without a start time was never tried.
    sasPolicy: {
      sasExpirationPeriod: '0.02:00:00'
      expirationAction: 'Log'
    }
    publicNetworkAccess: isPrivate && !(role == 'data' && largeUploads) ? 'Disabled' : 'Enabled'
    networkAcls: {
      bypass: 'None'
      defaultAction: isPrivate && !(role == 'data' && largeUploads) ? 'Deny' : 'Allow'
    }
  }
}]

// --- host ---

resource hostBlobs 'Microsoft.Storage/storageAccounts/blobServices@2025-08-01' = {
  parent: accounts[0]
  name: 'default'
}

resource package 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-08-01' = {
  parent: hostBlobs
  name: 'package'
  properties: {
    publicAccess: 'None'
  }
}

resource hostRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for id in [blobOwner, tableContributor]: {
  scope: accounts[0]
  name: guid(resourceGroup().id, 'host', identityPrincipalId, id)
  properties: {
    principalId: identityPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', id)
  }
}]

// --- data ---

resource dataBlobs 'Microsoft.Storage/storageAccounts/blobServices@2025-08-01' = {
  parent: accounts[1]
  name: 'default'
  properties: {
    // Version-level immutability needs versions; without it they are what an operator restores the log's state from.
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

resource dataContainers 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-08-01' = [for name in containers: {
  parent: dataBlobs
  name: '${lower}${name}'
  properties: {
    publicAccess: 'None'
  }
}]

// Can be given write-once only when it is made.
resource archive 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-08-01' = {
  parent: dataBlobs
  name: '${lower}archive'
  properties: {
    publicAccess: 'None'
    immutableStorageWithVersioning: archiveImmutability == 'off' ? null : {
      enabled: true
    }
  }
}

resource dataQueues 'Microsoft.Storage/storageAccounts/queueServices@2025-08-01' = {
  parent: accounts[1]
  name: 'default'
}

resource queue 'Microsoft.Storage/storageAccounts/queueServices/queues@2025-08-01' = [for name in queues: {
  parent: dataQueues
  name: '${lower}${name}'
}]

resource dataTables 'Microsoft.Storage/storageAccounts/tableServices@2025-08-01' = {
  parent: accounts[1]
  name: 'default'
}

resource table 'Microsoft.Storage/storageAccounts/tableServices/tables@2025-08-01' = [for name in tables: {
  parent: dataTables
  name: '${prefix}${name}'
}]

resource dataLife 'Microsoft.Storage/storageAccounts/managementPolicies@2025-08-01' = {
  parent: accounts[1]
  name: 'default'
  dependsOn: [
    dataBlobs
  ]
  properties: {
    policy: {
      rules: [
        {
          // Files of the archive end by the gate's task, which records it first; here they only get cheaper.
          name: 'archive-cools'
          enabled: true
          type: 'Lifecycle'
          definition: {
            filters: {
              blobTypes: [
                'blockBlob'
              ]
              prefixMatch: [
                '${lower}archive/'
              ]
            }
            actions: {
              baseBlob: {
                tierToCool: {
                  daysAfterModificationGreaterThan: 30
                }
              }
            }
          }
        }
        {
          // The gate's sweep takes these after 26 hours; this is for one that never ran.
          name: 'incoming-ends'
          enabled: true
          type: 'Lifecycle'
          definition: {
            filters: {
              blobTypes: [
                'blockBlob'
              ]
              prefixMatch: [
                '${lower}incoming/'
              ]
            }
            actions: {
              baseBlob: {
                delete: {
                  daysAfterModificationGreaterThan: 7
                }
              }
            }
          }
        }
        {
          // What retention removed, and every former state of the log, ends here. A version under immutability stays until its policy ends.
          name: 'versions-end'
          enabled: true
          type: 'Lifecycle'
          definition: {
            filters: {
              blobTypes: [
                'blockBlob'
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

// Storage Blob Data Contributor has no right to tags, by which retention finds what is due; Owner has far too much. Containers may be made (the gate asks at its start) and not deleted.
resource keeper 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(resourceGroup().id, 'gating-keeper')
  properties: {
    roleName: 'Gating keeper ${token}'
    description: 'Blobs of the gate: write, read, find by tags, delete; addresses for uploads.'
    type: 'CustomRole'
    assignableScopes: [
      resourceGroup().id
    ]
    permissions: [
      {
        actions: [
          'Microsoft.Storage/storageAccounts/blobServices/containers/read'
          'Microsoft.Storage/storageAccounts/blobServices/containers/write'
          'Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action'
        ]
        dataActions: [
          'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'
          'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write'
          'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action'
          'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete'
          'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/tags/read'
          'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/tags/write'
          'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/filter/action'
        ]
      }
    ]
  }
}

// The last known checkpoint is replaced and never deleted.
resource witness 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(resourceGroup().id, 'gating-last-known')
  properties: {
    roleName: 'Gating last known ${token}'
    description: 'The last known checkpoint and the list of erasures: write and read, never delete.'
    type: 'CustomRole'
    assignableScopes: [
      resourceGroup().id
    ]
    permissions: [
      {
        actions: [
          'Microsoft.Storage/storageAccounts/blobServices/containers/read'
          'Microsoft.Storage/storageAccounts/blobServices/containers/write'
        ]
        dataActions: [
          'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'
          'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write'
          'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action'
        ]
      }
    ]
  }
}

var everyone = concat([{ id: identityPrincipalId, type: 'ServicePrincipal' }], empty(operatorsGroupId) ? [] : [{ id: operatorsGroupId, type: 'Group' }])

resource keeps 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for who in everyone: {
  scope: accounts[1]
  name: guid(resourceGroup().id, 'data', who.id, 'keeper')
  properties: {
    principalId: who.id
    principalType: who.type
    roleDefinitionId: keeper.id
  }
}]

resource queuesUsed 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for who in everyone: {
  scope: accounts[1]
  name: guid(resourceGroup().id, 'data', who.id, queueContributor)
  properties: {
    principalId: who.id
    principalType: who.type
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', queueContributor)
  }
}]

resource tablesUsed 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for who in everyone: {
  scope: accounts[1]
  name: guid(resourceGroup().id, 'data', who.id, tableContributor)
  properties: {
    principalId: who.id
    principalType: who.type
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', tableContributor)
  }
}]

module evidence 'evidence.bicep' = {
  name: 'evidence'
  params: {
    accountName: accounts[2].name
    lastKnownContainer: '${lower}lastknown'
    everyone: everyone
    witnessRoleId: witness.id
    wormBackups: wormBackups
    backupRetentionDays: backupRetentionDays
    versionDays: versionDays
    workspaceId: workspaceId
  }
}

// --- what must not go ---

resource locks 'Microsoft.Authorization/locks@2020-05-01' = [for i in range(1, 2): if (enableLocks) {
  scope: accounts[i]
  name: 'keep'
  properties: {
    level: 'CanNotDelete'
    notes: 'Records that the law wants kept.'
  }
}]

resource dataDeletions 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: dataBlobs
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

output hostAccountId string = accounts[0].id
output hostAccountName string = accounts[0].name
output dataAccountId string = accounts[1].id
output dataAccountName string = accounts[1].name
output evidenceAccountId string = accounts[2].id
output evidenceAccountName string = accounts[2].name
output packageContainer string = package.name
