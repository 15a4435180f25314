using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Gating.Consents;
using Gating.Ledger;
using Gating.Moderators;
using Gating.Registry;
using Gating.StatusLists;
using Gating.Usage;
using Gating.Usage.Leases;

namespace Gating.Admission;

/// <summary>A request on one registry snapshot, with everything worked out that does not depend on the person's state: what the rules are asked.</summary>
/// <param name="App">The app as the snapshot has it now; null where it is no longer there.</param>
/// <param name="Details">The granted details, canonical JSON.</param>
/// <param name="Fingerprint">SHA-256 over person, tool, details, receipt and key binding, never a token's text: what an idempotency key stands for.</param>
/// <param name="Status">Where the status of the grant will be published, if there is to be one; null where no grant can come of it.</param>
/// <param name="Shared">What it holds of the limits that everybody shares, or why it holds nothing.</param>
/// <param name="Sealed">The private part of this request's entry, in the clear.</param>
internal sealed record AdmissionQuestion(
    AdmissionRequest Request,
    RegistrySnapshot Registry,
    App? App,
    Tool? Tool,
    Issuer? Issuer,
    QuotaPlan? Plan,
    ReadOnlyMemory<byte> Details,
    string Fingerprint,
    StatusPlace? Status,
    SharedUsage Shared,
    ReadOnlyMemory<byte> Sealed,
    ImmutableArray<ShortLivedRow> Keys,
    long MaxRegistryAge)
{
    /// <summary>Whose stream decides.</summary>
    public StreamId Person { get; init; }

    /// <summary>The consents that the request names, as they were read for it; none where no grant can come of it anyway.</summary>
    public ImmutableArray<ConsentStanding> Consents { get; init; } = [];

    /// <summary>What the request shows of a moderation of its input.</summary>
    public ModerationFinding Moderation { get; init; } = ModerationFinding.None;

    /// <summary>The app's word that its filters are active, where the tool demands it and there is one that counts.</summary>
    public FilterHeartbeat? Filters { get; init; }

    public static AdmissionQuestion Of(AdmissionRequest request, RegistrySnapshot registry, StreamId person, StatusPlace? status, SharedUsage shared, DateTimeOffset now, long maxRegistryAge)
    {
        var details = request.Detail.ToJson(request.Resource);
        return new(
            request,
            registry,
            registry.Apps.GetValueOrDefault(request.App.Id),
            registry.Tools.GetValueOrDefault(request.Resource),
            registry.Issuers.GetValueOrDefault(request.Identity.Issuer),
            registry.PlanOf(request.App.Id, request.Resource),
            details,
            FingerprintOf(request, person, details),
            status,
            shared,
            AdmissionEntries.Private(request.Identity),
            KeysOf(request, now),
            maxRegistryAge)
        {
            Person = person,
        };
    }

    private static string FingerprintOf(AdmissionRequest request, StreamId person, byte[] details)
    {
        var rest = $"\n{request.Detail.ModerationReceipt}\n{request.KeyThumbprint}";
        var size = StreamId.Size + details.Length + Encoding.UTF8.GetByteCount(rest);
        var bytes = size <= 1024 ? stackalloc byte[size] : new byte[size];
        person.Write(bytes);
        details.CopyTo(bytes[StreamId.Size..]);
        Encoding.UTF8.GetBytes(rest, bytes[(StreamId.Size + details.Length)..]);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, digest);
        return Convert.ToHexStringLower(digest);
    }

    // The idempotency key first: a request that was sent again is answered before its proofs are called used.
    private static ImmutableArray<ShortLivedRow> KeysOf(AdmissionRequest request, DateTimeOffset now)
    {
        if (request is { IdempotencyKey: null, Proof: null, Assertion: null })
        {
            return [];
        }

        var keys = ImmutableArray.CreateBuilder<ShortLivedRow>(3);
        if (request.IdempotencyKey is { } key)
        {
            keys.Add(new(key.ToHash(request.App.Id), now + IdempotencyKey.Lifetime));
        }

        if (request.Proof is { } proof)
        {
            keys.Add(proof);
        }

        if (request.Assertion is { } assertion)
        {
            keys.Add(assertion);
        }

        return keys.DrainToImmutable();
    }
}
