using Azure.Identity;

namespace Gating.Functions;

/// <summary>Who the gate is in Azure: its managed identity and nothing else that a machine may have lying about.</summary>
internal static class OwnIdentity
{
    /// <param name="clientId">Of a user-assigned one; null: the system's.</param>
    public static ManagedIdentityCredential Of(string? clientId) => new(clientId is null ? ManagedIdentityId.SystemAssigned : ManagedIdentityId.FromUserAssignedClientId(clientId));
}
