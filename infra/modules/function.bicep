// The gate as a custom handler, with every setting that it reads.
param location string
param tags object
param token string
param hostingPlan string
param instanceMemoryMB int
param maximumInstanceCount int
param httpConcurrency int
param alwaysReadyHttp int
param zoneRedundant bool
param subnetId string?
param identityId string
param identityClientId string
param hostAccountName string
param dataAccountName string
param evidenceAccountName string
param packageContainer string
param componentName string
param vaultName string
param furtherKeys string
param publicUrl string
param storagePrefix string
param archiveImmutability string
param logOrigin string
param logWitnesses string
param registrySeed string
param otlpEndpoint string
param identifyPerMinute int
param securityContact string

var isFlex = hostingPlan == 'flex'

resource component 'Microsoft.Insights/components@2020-02-02' existing = {
  name: componentName
}

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
  name: vaultName
}

// By their names and not by what the accounts say: for Standard_ZRS the published type promises the blob service's address alone.
var suffix = environment().suffixes.storage
var tableServiceUri = 'https://${dataAccountName}.table.${suffix}'
var queueServiceUri = 'https://${dataAccountName}.queue.${suffix}'
var blobServiceUri = 'https://${dataAccountName}.blob.${suffix}'
var lastKnownBlobServiceUri = 'https://${evidenceAccountName}.blob.${suffix}'
var origin = empty(publicUrl) ? 'https://${site.properties.defaultHostName}' : publicUrl
var secret = '@Microsoft.KeyVault(SecretUri=${vault.properties.vaultUri}secrets'

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: 'plan-gating-${token}'
  location: location
  tags: tags
  kind: isFlex ? 'functionapp' : 'elastic'
  sku: isFlex ? {
    name: 'FC1'
    tier: 'FlexConsumption'
  } : {
    name: 'EP1'
    tier: 'ElasticPremium'
    capacity: max(alwaysReadyHttp, 1)
  }
  properties: {
    reserved: true
    zoneRedundant: zoneRedundant
    maximumElasticWorkerCount: isFlex ? null : min(maximumInstanceCount, 20)
  }
}

resource site 'Microsoft.Web/sites@2025-03-01' = {
  name: 'func-gating-${token}'
  location: location
  tags: union(tags, { 'azd-service-name': 'gate' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientAffinityEnabled: false
    publicNetworkAccess: 'Enabled'
    virtualNetworkSubnetId: subnetId
    keyVaultReferenceIdentity: identityId
    functionAppConfig: isFlex ? {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: 'https://${hostAccountName}.blob.${suffix}/${packageContainer}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: {
        name: 'custom'
        version: '1.0'
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: alwaysReadyHttp == 0 ? [] : [
          {
            name: 'http'
            instanceCount: alwaysReadyHttp
          }
        ]
        triggers: httpConcurrency == 0 ? null : {
          http: {
            perInstanceConcurrency: httpConcurrency
          }
        }
      }
    } : null
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
      // Browsers talk to apps, apps to the gate.
      cors: {
        allowedOrigins: []
        supportCredentials: false
      }
    }
  }
}

resource ftp 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: site
  name: 'ftp'
  properties: {
    allow: false
  }
}

resource scm 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: site
  name: 'scm'
  properties: {
    allow: false
  }
}

// Flex takes its runtime from functionAppConfig and refuses these.
var premium = isFlex ? {} : {
  FUNCTIONS_EXTENSION_VERSION: '~4'
  FUNCTIONS_WORKER_RUNTIME: 'custom'
}

// A reference to a secret that is not there would be taken for the key itself: only those are set that stand in the vault.
var data = contains(furtherKeys, 'DataVault') ? { Gating__Keys__DataVault: '${secret}/data-vault)' } : { Gating__Keys__Data: '${secret}/data)' }
var grantNext = contains(furtherKeys, 'GrantNext') ? { Gating__Keys__GrantNext: '${secret}/grant-next)' } : {}
var grantPrevious = contains(furtherKeys, 'GrantPrevious') ? { Gating__Keys__GrantPrevious: '${secret}/grant-previous)' } : {}
var logEcdsa = contains(furtherKeys, 'LogEcdsa') ? { Gating__Keys__LogEcdsa: '${secret}/log-ecdsa)' } : {}
var logVault = contains(furtherKeys, 'LogVault') ? { Gating__Keys__LogVault: '${secret}/log-vault)' } : {}
var logFormer = contains(furtherKeys, 'LogFormer') ? { Gating__Keys__LogFormer: '${secret}/log-former)' } : {}
var signalsCurrent = contains(furtherKeys, 'SignalsCurrent') ? { Gating__Keys__SignalsCurrent: '${secret}/signals-current)' } : {}
var signalsPrevious = contains(furtherKeys, 'SignalsPrevious') ? { Gating__Keys__SignalsPrevious: '${secret}/signals-previous)' } : {}

// Unset is another thing than empty for these.
var named = empty(logOrigin) ? {} : { Gating__Log__Origin: logOrigin }
var witnessed = empty(logWitnesses) ? {} : { Gating__Log__Witnesses: logWitnesses }
var contactable = empty(securityContact) ? {} : { Gating__SecurityContact: securityContact }
var seeded = empty(registrySeed) ? {} : { Gating__RegistrySeed: registrySeed }
var exported = empty(otlpEndpoint) ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: otlpEndpoint }

resource settings 'Microsoft.Web/sites/config@2025-03-01' = {
  parent: site
  name: 'appsettings'
  properties: union(premium, data, grantNext, grantPrevious, logEcdsa, logVault, logFormer, signalsCurrent, signalsPrevious, named, witnessed, seeded, exported, contactable, {
    // The host keeps its leases in its own account and takes messages from the gate's: function.json of a queue names no other connection. By addresses, because the short form (accountName) is one account for all, and
    // builds names of the public cloud. AzureWebJobsStorage itself must be absent: empty, the host would fall back to it.
    AzureWebJobsStorage__blobServiceUri: 'https://${hostAccountName}.blob.${suffix}'
    AzureWebJobsStorage__queueServiceUri: queueServiceUri
    AzureWebJobsStorage__tableServiceUri: 'https://${hostAccountName}.table.${suffix}'
    AzureWebJobsStorage__credential: 'managedidentity'
    AzureWebJobsStorage__clientId: identityClientId
    APPLICATIONINSIGHTS_CONNECTION_STRING: component.properties.ConnectionString
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
    Gating__PublicUrl: origin
    Gating__Storage__TableServiceUri: tableServiceUri
    Gating__Storage__QueueServiceUri: queueServiceUri
    Gating__Storage__BlobServiceUri: blobServiceUri
    Gating__Storage__ClientId: identityClientId
    Gating__Storage__Prefix: storagePrefix
    Gating__Storage__TryTimeout: '00:00:02'
    Gating__Storage__Immutability: archiveImmutability
    Gating__Log__LastKnownBlobServiceUri: lastKnownBlobServiceUri
    Gating__Keys__GrantCurrent: '${secret}/grant-current)'
    Gating__Keys__LogCurrent: '${secret}/log-current)'
    Gating__DrivesItself: 'false'
    Gating__IdentifyPerMinute: string(identifyPerMinute)
  })
}

output name string = site.name
output publicUrl string = origin
output tableServiceUri string = tableServiceUri
output queueServiceUri string = queueServiceUri
output blobServiceUri string = blobServiceUri
output lastKnownBlobServiceUri string = lastKnownBlobServiceUri
