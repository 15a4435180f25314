using Gating.Local.Storage;

namespace Gating.Local.Gate;

/// <summary>What the gate is started with here.</summary>
/// <param name="Port">0: any free one.</param>
/// <param name="Issuer">The provider whose ID tokens it trusts.</param>
/// <param name="AppSecret">The secret of the demonstration app; the registry holds its digest only.</param>
/// <param name="KeyFolder">Where development keys are kept.</param>
/// <param name="LastKnownBlobs">Blobs of another account, for the last known checkpoint; null: in the same one.</param>
internal sealed record LocalGateOptions(int Port, AzuriteProcess Storage, string Issuer, string AppSecret, string KeyFolder, Uri? LastKnownBlobs = null);
