// What wakes somebody, and how urgently. OPERATING.md says what to do for each, by its name here.
param location string
param tags object
param token string
param workspaceId string
param dataAccountId string
param evidenceAccountId string
param vaultId string
param email string

resource told 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-gating-${token}'
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'gating'
    emailReceivers: empty(email) ? [] : [
      {
        name: 'operators'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

// The gate's log comes as lines of its standard output: `crit: Category[event]`, then the message.
var questions = [
  {
    name: 'critical-event'
    severity: 0
    minutes: 5
    operator: 'GreaterThan'
    threshold: 0
    query: 'AppTraces | where Message contains "crit: Gating"'
    why: 'A critical event of the gate: something stored contradicts what was recorded, or the registry closes the gate.'
  }
  {
    name: 'message-set-aside'
    severity: 2
    minutes: 15
    operator: 'GreaterThan'
    threshold: 0
    query: 'AppTraces | where Message contains "fail: Gating" and Message contains "[30]"'
    why: 'A message of a queue was refused or failed five times, and waits for an operator.'
  }
  {
    name: 'errors'
    severity: 2
    minutes: 15
    operator: 'GreaterThan'
    threshold: 5
    query: 'AppTraces | where Message contains "fail: Gating"'
    why: 'More errors than a passing trouble makes.'
  }
  {
    name: 'failed-requests'
    severity: 1
    minutes: 5
    operator: 'GreaterThan'
    threshold: 0
    query: 'AppRequests | summarize All = count(), Failed = countif(toint(ResultCode) >= 500) | where All >= 20 and Failed * 100 > All'
    why: 'More than one in a hundred requests is answered 5xx: nothing is granted for them.'
  }
  {
    name: 'slow-tokens'
    severity: 2
    minutes: 15
    operator: 'GreaterThan'
    threshold: 0
    query: 'AppRequests | where Url contains "/oauth2/token" | summarize Slow = percentile(DurationMs, 95), All = count() | where All >= 20 and Slow > 1000'
    why: 'One grant in twenty takes more than a second.'
  }
  {
    name: 'nothing-runs'
    severity: 1
    minutes: 30
    operator: 'LessThan'
    threshold: 1
    query: 'AppRequests'
    why: 'No invocation for half an hour, although a timer has one every five minutes: the app does not run, or is not seen.'
  }
  {
    name: 'evidence-deleted'
    severity: 1
    minutes: 15
    operator: 'GreaterThan'
    threshold: 0
    query: 'StorageBlobLogs | where Category == "StorageDelete" and _ResourceId =~ "${evidenceAccountId}" and UserAgentHeader !contains "ObjectLifeCycle"'
    why: 'Somebody deleted, or tried to delete, in the evidence account. The gate never does.'
  }
  {
    name: 'vault-changed'
    severity: 2
    minutes: 15
    operator: 'GreaterThan'
    threshold: 0
    query: 'AzureDiagnostics | where ResourceProvider == "MICROSOFT.KEYVAULT" and OperationName in ("SecretSet", "SecretDelete", "SecretPurge", "SecretUpdate", "VaultPut", "VaultPatch", "VaultDelete")'
    why: 'A key was set, changed or deleted, or the vault itself was. Expected during a rotation alone.'
  }
  {
    name: 'logs-cut-off'
    severity: 1
    minutes: 60
    operator: 'GreaterThan'
    threshold: 0
    query: '_LogOperation | where Category =~ "Ingestion" and Detail contains "OverQuota"'
    why: 'The daily cap of logs is reached: until tomorrow no other alert of this kind can fire.'
  }
]

resource asked 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [for question in questions: {
  name: 'alert-${question.name}-${token}'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: question.name
    description: question.why
    severity: question.severity
    enabled: true
    scopes: [
      workspaceId
    ]
    evaluationFrequency: 'PT${min(question.minutes, 15)}M'
    windowSize: 'PT${question.minutes}M'
    criteria: {
      allOf: [
        {
          query: question.query
          timeAggregation: 'Count'
          operator: question.operator
          threshold: question.threshold
          failingPeriods: {
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }
        }
      ]
    }
    autoMitigate: false
    // The tables come with the first rows, after this.
    skipQueryValidation: true
    actions: {
      actionGroups: [
        told.id
      ]
    }
  }
}]

var measured = [
  {
    name: 'data-refused'
    severity: 1
    scope: dataAccountId
    namespace: 'Microsoft.Storage/storageAccounts'
    metric: 'Transactions'
    aggregation: 'Total'
    operator: 'GreaterThan'
    threshold: 10
    window: 'PT15M'
    dimensions: [
      {
        name: 'ResponseType'
        operator: 'Include'
        values: [
          'AuthorizationError'
          'AuthenticationError'
        ]
      }
    ]
    why: 'Storage refuses somebody: the gate without its role, or a stranger.'
  }
  {
    name: 'data-busy'
    severity: 2
    scope: dataAccountId
    namespace: 'Microsoft.Storage/storageAccounts'
    metric: 'Transactions'
    aggregation: 'Total'
    operator: 'GreaterThan'
    threshold: 100
    window: 'PT15M'
    dimensions: [
      {
        name: 'ResponseType'
        operator: 'Include'
        values: [
          'ServerBusyError'
          'ServerTimeoutError'
        ]
      }
    ]
    why: 'Storage throttles: a partition or the account is at its limit.'
  }
  {
    name: 'data-unavailable'
    severity: 1
    scope: dataAccountId
    namespace: 'Microsoft.Storage/storageAccounts'
    metric: 'Availability'
    aggregation: 'Average'
    operator: 'LessThan'
    threshold: 99
    window: 'PT15M'
    dimensions: []
    why: 'Storage itself fails: the gate answers 503 and grants nothing.'
  }
  {
    name: 'evidence-refused'
    severity: 1
    scope: evidenceAccountId
    namespace: 'Microsoft.Storage/storageAccounts'
    metric: 'Transactions'
    aggregation: 'Total'
    operator: 'GreaterThan'
    threshold: 10
    window: 'PT15M'
    dimensions: [
      {
        name: 'ResponseType'
        operator: 'Include'
        values: [
          'AuthorizationError'
          'AuthenticationError'
        ]
      }
    ]
    why: 'The place of the last known checkpoint refuses somebody: if it is the gate, nothing is sealed.'
  }
  {
    name: 'queue-grows'
    severity: 2
    scope: '${dataAccountId}/queueServices/default'
    namespace: 'Microsoft.Storage/storageAccounts/queueServices'
    metric: 'QueueMessageCount'
    aggregation: 'Average'
    operator: 'GreaterThan'
    threshold: 1000
    window: 'PT1H'
    dimensions: []
    why: 'Messages come faster than they are taken, or nobody takes them. Azure measures this once an hour.'
  }
  {
    name: 'vault-unavailable'
    severity: 2
    scope: vaultId
    namespace: 'Microsoft.KeyVault/vaults'
    metric: 'Availability'
    aggregation: 'Average'
    operator: 'LessThan'
    threshold: 99
    window: 'PT15M'
    dimensions: []
    why: 'Instances that run have their keys; new ones start without.'
  }
]

resource metrics 'Microsoft.Insights/metricAlerts@2018-03-01' = [for rule in measured: {
  name: 'alert-${rule.name}-${token}'
  location: 'global'
  tags: tags
  properties: {
    description: rule.why
    severity: rule.severity
    enabled: true
    scopes: [
      rule.scope
    ]
    evaluationFrequency: rule.window == 'PT1H' ? 'PT1H' : 'PT5M'
    windowSize: rule.window
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: rule.name
          metricNamespace: rule.namespace
          metricName: rule.metric
          operator: rule.operator
          threshold: rule.threshold
          timeAggregation: rule.aggregation
          dimensions: rule.dimensions
        }
      ]
    }
    autoMitigate: true
    actions: [
      {
        actionGroupId: told.id
      }
    ]
  }
}]
