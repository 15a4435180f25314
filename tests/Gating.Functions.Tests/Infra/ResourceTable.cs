namespace Gating.Functions.Tests.Infra;

/// <summary>Which types of resources may be used, of which api-version, and what each must say. Versions were checked for existence in the published types of August 2026.</summary>
internal static class ResourceTable
{
    public static readonly IReadOnlyDictionary<string, string> Versions = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["Microsoft.Resources/resourceGroups"] = "2025-04-01",
        ["Microsoft.ManagedIdentity/userAssignedIdentities"] = "2024-11-30",
        ["Microsoft.Storage/storageAccounts"] = Storage,
        ["Microsoft.Storage/storageAccounts/blobServices"] = Storage,
        ["Microsoft.Storage/storageAccounts/blobServices/containers"] = Storage,
        ["Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies"] = Storage,
        ["Microsoft.Storage/storageAccounts/queueServices"] = Storage,
        ["Microsoft.Storage/storageAccounts/queueServices/queues"] = Storage,
        ["Microsoft.Storage/storageAccounts/tableServices"] = Storage,
        ["Microsoft.Storage/storageAccounts/tableServices/tables"] = Storage,
        ["Microsoft.Storage/storageAccounts/managementPolicies"] = Storage,

        // All older ones of the control plane end on 27 February 2027.
        ["Microsoft.KeyVault/vaults"] = "2026-02-01",
        ["Microsoft.KeyVault/vaults/keys"] = "2026-02-01",
        ["Microsoft.Web/serverfarms"] = Web,
        ["Microsoft.Web/sites"] = Web,
        ["Microsoft.Web/sites/config"] = Web,
        ["Microsoft.Web/sites/basicPublishingCredentialsPolicies"] = Web,
        ["Microsoft.OperationalInsights/workspaces"] = "2025-07-01",
        ["Microsoft.Insights/components"] = "2020-02-02",
        ["Microsoft.Insights/diagnosticSettings"] = "2021-05-01-preview",
        ["Microsoft.Insights/metricAlerts"] = "2018-03-01",
        ["Microsoft.Insights/scheduledQueryRules"] = "2023-12-01",
        ["Microsoft.Insights/actionGroups"] = "2023-01-01",
        ["Microsoft.Authorization/roleAssignments"] = "2022-04-01",
        ["Microsoft.Authorization/roleDefinitions"] = "2022-04-01",
        ["Microsoft.Authorization/locks"] = "2020-05-01",
        ["Microsoft.Network/virtualNetworks"] = Network,
        ["Microsoft.Network/networkSecurityGroups"] = Network,
        ["Microsoft.Network/privateEndpoints"] = Network,
        ["Microsoft.Network/privateEndpoints/privateDnsZoneGroups"] = Network,
        ["Microsoft.Network/privateDnsZones"] = Zones,
        ["Microsoft.Network/privateDnsZones/virtualNetworkLinks"] = Zones,
    };

    /// <summary>Value null: set to whatever.</summary>
    public static readonly IReadOnlyList<(string Type, string Path, string? Value)> Required =
    [
        ("Microsoft.Storage/storageAccounts", "properties.allowSharedKeyAccess", "false"),
        ("Microsoft.Storage/storageAccounts", "properties.defaultToOAuthAuthentication", "true"),
        ("Microsoft.Storage/storageAccounts", "properties.allowBlobPublicAccess", "false"),
        ("Microsoft.Storage/storageAccounts", "properties.allowCrossTenantReplication", "false"),
        ("Microsoft.Storage/storageAccounts", "properties.allowedCopyScope", "AAD"),
        ("Microsoft.Storage/storageAccounts", "properties.supportsHttpsTrafficOnly", "true"),
        ("Microsoft.Storage/storageAccounts", "properties.minimumTlsVersion", "TLS1_2"),
        ("Microsoft.Storage/storageAccounts", "properties.isLocalUserEnabled", "false"),
        ("Microsoft.Storage/storageAccounts", "properties.isSftpEnabled", "false"),
        ("Microsoft.Storage/storageAccounts", "properties.encryption.requireInfrastructureEncryption", "true"),
        ("Microsoft.Storage/storageAccounts", "properties.networkAcls.defaultAction", null),
        ("Microsoft.Storage/storageAccounts", "properties.publicNetworkAccess", null),
        ("Microsoft.Storage/storageAccounts/blobServices/containers", "properties.publicAccess", "None"),
        ("Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies", "properties.allowProtectedAppendWrites", "false"),
        ("Microsoft.KeyVault/vaults", "properties.enablePurgeProtection", "true"),
        ("Microsoft.KeyVault/vaults", "properties.enableSoftDelete", "true"),
        ("Microsoft.KeyVault/vaults", "properties.enableRbacAuthorization", "true"),
        ("Microsoft.KeyVault/vaults", "properties.networkAcls.bypass", "None"),
        ("Microsoft.OperationalInsights/workspaces", "properties.features.disableLocalAuth", "true"),
        ("Microsoft.OperationalInsights/workspaces", "properties.workspaceCapping.dailyQuotaGb", null),
        ("Microsoft.Insights/components", "properties.DisableLocalAuth", null),
        ("Microsoft.Insights/components", "properties.DisableIpMasking", "false"),
        ("Microsoft.Web/serverfarms", "properties.reserved", "true"),
        ("Microsoft.Web/serverfarms", "sku.name", "FC1"),
        ("Microsoft.Web/sites", "properties.httpsOnly", "true"),
        ("Microsoft.Web/sites", "properties.keyVaultReferenceIdentity", null),
        ("Microsoft.Web/sites", "properties.siteConfig.minTlsVersion", "1.2"),
        ("Microsoft.Web/sites", "properties.siteConfig.scmMinTlsVersion", "1.2"),
        ("Microsoft.Web/sites", "properties.siteConfig.ftpsState", "Disabled"),
        ("Microsoft.Web/sites", "properties.siteConfig.cors.allowedOrigins", "[]"),
        ("Microsoft.Web/sites", "properties.functionAppConfig.runtime.name", "custom"),
        ("Microsoft.Web/sites", "properties.functionAppConfig.runtime.version", "1.0"),
        ("Microsoft.Web/sites", "properties.functionAppConfig.deployment.storage.authentication.type", "UserAssignedIdentity"),
        ("Microsoft.Web/sites", "identity.type", "UserAssigned"),
        ("Microsoft.Web/sites/basicPublishingCredentialsPolicies", "properties.allow", "false"),
        ("Microsoft.Authorization/roleAssignments", "properties.principalType", null),
        ("Microsoft.Authorization/roleAssignments", "scope", null),
        ("Microsoft.Authorization/locks", "properties.level", "CanNotDelete"),
    ];

    /// <summary>Members of <c>properties</c> that the published types have and that are used here: a misspelt one would be ignored by Azure or refused at the deployment.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> Members = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["Microsoft.Storage/storageAccounts"] =
        [
            "accessTier", "allowBlobPublicAccess", "allowCrossTenantReplication", "allowedCopyScope", "allowSharedKeyAccess", "defaultToOAuthAuthentication", "encryption", "isLocalUserEnabled", "isSftpEnabled", "minimumTlsVersion",
            "networkAcls", "publicNetworkAccess", "sasPolicy", "supportsHttpsTrafficOnly",
        ],
        ["Microsoft.Storage/storageAccounts/blobServices"] = ["containerDeleteRetentionPolicy", "deleteRetentionPolicy", "isVersioningEnabled"],
        ["Microsoft.Storage/storageAccounts/blobServices/containers"] = ["immutableStorageWithVersioning", "publicAccess"],
        ["Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies"] = ["allowProtectedAppendWrites", "immutabilityPeriodSinceCreationInDays"],
        ["Microsoft.Storage/storageAccounts/managementPolicies"] = ["policy"],
        ["Microsoft.KeyVault/vaults"] =
            ["enablePurgeProtection", "enableRbacAuthorization", "enableSoftDelete", "networkAcls", "publicNetworkAccess", "sku", "softDeleteRetentionInDays", "tenantId"],
        ["Microsoft.KeyVault/vaults/keys"] = ["curveName", "keyOps", "keySize", "kty"],
        ["Microsoft.Web/serverfarms"] = ["maximumElasticWorkerCount", "reserved", "zoneRedundant"],
        ["Microsoft.Web/sites"] =
            ["clientAffinityEnabled", "functionAppConfig", "httpsOnly", "keyVaultReferenceIdentity", "publicNetworkAccess", "serverFarmId", "siteConfig", "virtualNetworkSubnetId"],
        ["Microsoft.Web/sites/basicPublishingCredentialsPolicies"] = ["allow"],
        ["Microsoft.OperationalInsights/workspaces"] = ["features", "retentionInDays", "sku", "workspaceCapping"],
        ["Microsoft.Insights/components"] = ["Application_Type", "DisableIpMasking", "DisableLocalAuth", "IngestionMode", "WorkspaceResourceId"],
        ["Microsoft.Insights/diagnosticSettings"] = ["logs", "workspaceId"],
        ["Microsoft.Insights/metricAlerts"] = ["actions", "autoMitigate", "criteria", "description", "enabled", "evaluationFrequency", "scopes", "severity", "windowSize"],
        ["Microsoft.Insights/scheduledQueryRules"] =
            ["actions", "autoMitigate", "criteria", "description", "displayName", "enabled", "evaluationFrequency", "scopes", "severity", "skipQueryValidation", "windowSize"],
        ["Microsoft.Insights/actionGroups"] = ["emailReceivers", "enabled", "groupShortName"],
        ["Microsoft.Authorization/roleAssignments"] = ["principalId", "principalType", "roleDefinitionId"],
        ["Microsoft.Authorization/roleDefinitions"] = ["assignableScopes", "description", "permissions", "roleName", "type"],
        ["Microsoft.Authorization/locks"] = ["level", "notes"],
        ["Microsoft.Network/virtualNetworks"] = ["addressSpace", "subnets"],
        ["Microsoft.Network/networkSecurityGroups"] = ["securityRules"],
        ["Microsoft.Network/privateEndpoints"] = ["privateLinkServiceConnections", "subnet"],
        ["Microsoft.Network/privateEndpoints/privateDnsZoneGroups"] = ["privateDnsZoneConfigs"],
        ["Microsoft.Network/privateDnsZones/virtualNetworkLinks"] = ["registrationEnabled", "virtualNetwork"],
    };

    public static readonly IReadOnlySet<string> Tagged = new HashSet<string>(StringComparer.Ordinal)
    {
        "Microsoft.Resources/resourceGroups", "Microsoft.ManagedIdentity/userAssignedIdentities", "Microsoft.Storage/storageAccounts", "Microsoft.KeyVault/vaults", "Microsoft.Web/serverfarms", "Microsoft.Web/sites",
        "Microsoft.OperationalInsights/workspaces", "Microsoft.Insights/components", "Microsoft.Insights/metricAlerts", "Microsoft.Insights/scheduledQueryRules", "Microsoft.Insights/actionGroups",
        "Microsoft.Network/virtualNetworks", "Microsoft.Network/networkSecurityGroups", "Microsoft.Network/privateEndpoints", "Microsoft.Network/privateDnsZones", "Microsoft.Network/privateDnsZones/virtualNetworkLinks",
    };

    private const string Storage = "2025-08-01";
    private const string Web = "2025-03-01";
    private const string Network = "2025-05-01";
    private const string Zones = "2024-06-01";
}
