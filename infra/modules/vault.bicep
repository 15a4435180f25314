// The gate's keys, as secrets: the platform resolves them into its settings. None is made here: a template would keep what it makes in the history of deployments. The one that never leaves the vault is: nobody sees it.
param location string
param tags object
param token string
param sku string
param isPrivate bool
param enableLocks bool
param logKeyInVault bool
param dataKeyInVault bool
param identityPrincipalId string
param operatorsGroupId string
param workspaceId string

// Key Vault Secrets User; Key Vault Secrets Officer; Key Vault Crypto User; Key Vault Crypto Service Encryption User.
var secretsUser = '4633458b-17de-408a-b874-0445c86b69e6'
var secretsOfficer = 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7'
var cryptoUser = '12338af0-0e69-4776-bea7-57ae8d297424'
var encryptionUser = 'e147488a-f6f5-4113-8e2d-b22465e65bf6'

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' = {
  name: 'kv-gating-${token}'
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: {
      family: 'A'
      name: sku
    }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    enablePurgeProtection: true
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
    networkAcls: {
      bypass: 'None'
      defaultAction: isPrivate ? 'Deny' : 'Allow'
    }
  }
}

resource gateReads 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vault
  name: guid(vault.id, identityPrincipalId, secretsUser)
  properties: {
    principalId: identityPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', secretsUser)
  }
}

// Signs checkpoints. Without a rotation policy: another version is another key, and the log is told of it first (OPERATING.md).
resource logKey 'Microsoft.KeyVault/vaults/keys@2026-02-01' = if (logKeyInVault) {
  parent: vault
  name: 'log-ecdsa'
  properties: {
    kty: sku == 'premium' ? 'EC-HSM' : 'EC'
    curveName: 'P-256'
    keyOps: [
      'sign'
      'verify'
    ]
  }
}

resource gateSigns 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (logKeyInVault) {
  scope: logKey
  name: guid(vault.id, identityPrincipalId, cryptoUser)
  properties: {
    principalId: identityPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', cryptoUser)
  }
}

// Opens the data key at each start. Without a rotation policy: what was wrapped for one version is opened by that version alone.
resource dataKey 'Microsoft.KeyVault/vaults/keys@2026-02-01' = if (dataKeyInVault) {
  parent: vault
  name: 'data-key'
  properties: {
    kty: sku == 'premium' ? 'RSA-HSM' : 'RSA'
    keySize: 3072
    keyOps: [
      'wrapKey'
      'unwrapKey'
    ]
  }
}

resource gateUnwraps 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (dataKeyInVault) {
  scope: dataKey
  name: guid(vault.id, identityPrincipalId, encryptionUser)
  properties: {
    principalId: identityPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', encryptionUser)
  }
}

resource operatorsSet 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(operatorsGroupId)) {
  scope: vault
  name: guid(vault.id, operatorsGroupId, secretsOfficer)
  properties: {
    principalId: operatorsGroupId
    principalType: 'Group'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', secretsOfficer)
  }
}

resource audit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: vault
  name: 'audit'
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        categoryGroup: 'audit'
        enabled: true
      }
    ]
  }
}

resource lock 'Microsoft.Authorization/locks@2020-05-01' = if (enableLocks) {
  scope: vault
  name: 'keep'
  properties: {
    level: 'CanNotDelete'
    notes: 'Without the keys in it sealed parts can never be read again.'
  }
}

output vaultId string = vault.id
output vaultName string = vault.name
