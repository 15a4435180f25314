// Everything that one installation of the gate needs, in one resource group. `azd up` runs it; README.md beside it says what each resource and each role is for.
targetScope = 'subscription'

@minLength(1)
@maxLength(32)
@description('Name of the installation: part of resource names, and the tag by which azd finds them again.')
param environmentName string

@minLength(1)
@description('Region of everything. Data stays there: no account is replicated to another region.')
@metadata({ azd: { type: 'location' } })
param location string

@description('Object id of the operators\' Entra group, who may set keys and run `gating`; empty for nobody.')
param operatorsGroupId string = ''

@description('Origin under which clients know the gate, for instance https://gate.example; empty for the host name of the platform. The log is named after it: choose it before the first start.')
param publicUrl string = ''

@allowed([
  'flex'
  'premium'
])
@description('Flex Consumption, or Elastic Premium (EP1) where a region or cloud has no Flex.')
param hostingPlan string = 'flex'

@allowed([
  512
  2048
  4096
])
@description('Memory of an instance on Flex; 2048 has one core, 4096 two.')
param instanceMemoryMB int = 2048

@minValue(1)
@maxValue(1000)
@description('Most instances of each group (HTTP; each queue; each timer) on Flex.')
param maximumInstanceCount int = 40

@minValue(0)
@maxValue(1000)
@description('HTTP requests that an instance takes at once before another is started; 0 for the platform\'s own value.')
param httpConcurrency int = 0

@minValue(0)
@maxValue(100)
@description('Instances that always wait for HTTP requests, and are paid for all the time; 0 for none. On Premium: how many workers are kept, at least 1.')
param alwaysReadyHttp int = 0

@description('Spread over availability zones. The platform then keeps, and bills, at least two instances that are always ready.')
param zoneRedundant bool = false

@description('Reach storage and vault by private endpoints alone.')
param vnetEnabled bool = false

@description('Whether apps hand in large files by an address of the data account\'s blob service. On, that service keeps a public endpoint even with vnetEnabled; shared keys and anonymous reads stay off.')
param largeUploads bool = true

@allowed([
  'Standard_LRS'
  'Standard_ZRS'
])
@description('Redundancy of all accounts. ZRS where the region has zones.')
param storageSku string = 'Standard_ZRS'

@maxLength(20)
@description('Put before the names of tables, queues and containers. Must be empty where functions are triggered by queues, which name them.')
param storagePrefix string = ''

@allowed([
  'off'
  'unlocked'
  'locked'
])
@description('What storage is told of each archived file. With another value than off at the FIRST deployment the archive\'s container can do it; it cannot be added later. Locked: nobody can delete a file, or the account, before its time.')
param archiveImmutability string = 'off'

@description('Write-once policy on the container of backups, unlocked; lock-backups.sh locks it, for good.')
param wormBackups bool = false

@minValue(1)
@maxValue(146000)
@description('Days for which a backup cannot be changed or deleted.')
param backupRetentionDays int = 184

@minValue(2)
@maxValue(365)
@description('Days for which former versions of blobs and deleted blobs are kept. What retention removes stays for as long.')
param versionDays int = 35

@minValue(30)
@maxValue(730)
@description('Days for which logs can be asked.')
param logRetentionDays int = 90

@minValue(-1)
@description('Gigabytes of logs a day, -1 for no limit. Beyond it nothing more is seen that day, and an alert says so.')
param logDailyCapGb int = 5

@description('Refuse deletion of vault, data and evidence, whoever asks. For production.')
param enableLocks bool = false

@allowed([
  'standard'
  'premium'
])
@description('Premium keeps keys in an HSM. The gate\'s keys are secrets, so standard is enough.')
param keyVaultSku string = 'standard'

@description('Makes a P-256 key in the vault that signs the log\'s checkpoints as well and never leaves it; the gate uses it once log-vault is among the further keys.')
param logKeyInVault bool = false

@description('Makes an RSA key in the vault that the data key is wrapped for and that never leaves it; the gate uses it once data-vault is among the further keys.')
param dataKeyInVault bool = false

@description('Keys beside the three that must be there (Data, GrantCurrent, LogCurrent), whose secrets stand in the vault, separated by spaces: any of DataVault (instead of Data), GrantNext, GrantPrevious, LogEcdsa, LogVault, LogFormer, SignalsCurrent, SignalsPrevious.')
param furtherKeys string = ''

@description('Name of the log in every checkpoint; empty for the public URL\'s host and /log. Never change it.')
param logOrigin string = ''

@description('Witnesses of the log, key and address of each, separated by spaces; empty for none.')
param logWitnesses string = ''

@description('Registry file inside the package that is read at every start; empty for none.')
param registrySeed string = ''

@description('Where OTLP is sent, for instance a collector\'s address; empty: the gate\'s own metrics and traces are not collected.')
param otlpEndpoint string = ''

@minValue(1)
@maxValue(100000)
@description('Questions to /v1/identify that one address may ask a minute, on one instance.')
param identifyPerMinute int = 60

@maxLength(256)
@description('Whom to tell of a hole, told at /.well-known/security.txt: mailto:… or an https address; empty for no such file.')
param securityContact string = ''

@description('Take telemetry from identities alone. Off only where the cloud does not support it.')
param disableTelemetryKeys bool = true

@description('Who gets the alerts; empty: they fire and nobody is told.')
param alertEmail string = ''

var token = toLower(uniqueString(subscription().id, environmentName, location))
var tags = { 'azd-env-name': environmentName }

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

module identity 'modules/identity.bicep' = {
  scope: group
  name: 'identity'
  params: {
    location: location
    tags: tags
    token: token
  }
}

module monitor 'modules/monitor.bicep' = {
  scope: group
  name: 'monitor'
  params: {
    location: location
    tags: tags
    token: token
    identityPrincipalId: identity.outputs.principalId
    retentionDays: logRetentionDays
    dailyCapGb: logDailyCapGb
    disableKeys: disableTelemetryKeys
  }
}

module storage 'modules/storage.bicep' = {
  scope: group
  name: 'storage'
  params: {
    location: location
    tags: tags
    token: token
    sku: storageSku
    prefix: storagePrefix
    isPrivate: vnetEnabled
    largeUploads: largeUploads
    archiveImmutability: archiveImmutability
    wormBackups: wormBackups
    backupRetentionDays: backupRetentionDays
    versionDays: versionDays
    enableLocks: enableLocks
    identityPrincipalId: identity.outputs.principalId
    operatorsGroupId: operatorsGroupId
    workspaceId: monitor.outputs.workspaceId
  }
}

module vault 'modules/vault.bicep' = {
  scope: group
  name: 'vault'
  params: {
    location: location
    tags: tags
    token: token
    sku: keyVaultSku
    isPrivate: vnetEnabled
    enableLocks: enableLocks
    logKeyInVault: logKeyInVault
    dataKeyInVault: dataKeyInVault
    identityPrincipalId: identity.outputs.principalId
    operatorsGroupId: operatorsGroupId
    workspaceId: monitor.outputs.workspaceId
  }
}

module network 'modules/network.bicep' = if (vnetEnabled) {
  scope: group
  name: 'network'
  params: {
    location: location
    tags: tags
    token: token
    isFlex: hostingPlan == 'flex'
    hostAccountId: storage.outputs.hostAccountId
    dataAccountId: storage.outputs.dataAccountId
    evidenceAccountId: storage.outputs.evidenceAccountId
    vaultId: vault.outputs.vaultId
  }
}

module function 'modules/function.bicep' = {
  scope: group
  name: 'function'
  params: {
    location: location
    tags: tags
    token: token
    hostingPlan: hostingPlan
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    httpConcurrency: httpConcurrency
    alwaysReadyHttp: alwaysReadyHttp
    zoneRedundant: zoneRedundant
    subnetId: vnetEnabled ? network!.outputs.functionSubnetId : null
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    hostAccountName: storage.outputs.hostAccountName
    dataAccountName: storage.outputs.dataAccountName
    evidenceAccountName: storage.outputs.evidenceAccountName
    packageContainer: storage.outputs.packageContainer
    componentName: monitor.outputs.componentName
    vaultName: vault.outputs.vaultName
    furtherKeys: furtherKeys
    publicUrl: publicUrl
    storagePrefix: storagePrefix
    archiveImmutability: archiveImmutability
    logOrigin: logOrigin
    logWitnesses: logWitnesses
    registrySeed: registrySeed
    otlpEndpoint: otlpEndpoint
    identifyPerMinute: identifyPerMinute
    securityContact: securityContact
  }
}

module alerts 'modules/alerts.bicep' = {
  scope: group
  name: 'alerts'
  params: {
    location: location
    tags: tags
    token: token
    workspaceId: monitor.outputs.workspaceId
    dataAccountId: storage.outputs.dataAccountId
    evidenceAccountId: storage.outputs.evidenceAccountId
    vaultId: vault.outputs.vaultId
    email: alertEmail
  }
}

// azd copies every output into a developer's settings: no output is a secret.
output AZURE_LOCATION string = location
output AZURE_TENANT_ID string = tenant().tenantId
output AZURE_RESOURCE_GROUP string = group.name
output AZURE_FUNCTION_NAME string = function.outputs.name
output AZURE_KEY_VAULT_NAME string = vault.outputs.vaultName
output AZURE_EVIDENCE_ACCOUNT string = storage.outputs.evidenceAccountName
output GATING_PUBLIC_URL string = function.outputs.publicUrl
output GATING_TABLE_SERVICE_URI string = function.outputs.tableServiceUri
output GATING_QUEUE_SERVICE_URI string = function.outputs.queueServiceUri
output GATING_BLOB_SERVICE_URI string = function.outputs.blobServiceUri
output GATING_LAST_KNOWN_BLOB_SERVICE_URI string = function.outputs.lastKnownBlobServiceUri
