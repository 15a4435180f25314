using System.Collections.Frozen;
using System.Collections.Immutable;
using Gating.Grants;
using Gating.Identity;
using Gating.Ledger;
using Gating.Registry;
using Gating.Usage;

namespace Gating.Admission;

/// <summary>What a verified person's app asks for. Client and token have passed their checks; nothing is decided yet.</summary>
/// <param name="Resource">The tool's URI as asked for: 1 to <see cref="MaxResource"/> characters, perhaps unknown.</param>
/// <param name="KeyThumbprint"><c>jkt</c> of the DPoP key that the grant is to be bound to; null for a bearer grant.</param>
/// <param name="Proof">The DPoP proof's row, used up by this request.</param>
/// <param name="Assertion">The client assertion's row, used up by this request.</param>
public sealed record AdmissionRequest(
    App App,
    VerifiedIdentity Identity,
    string Resource,
    MediaDetail Detail,
    string? KeyThumbprint,
    ShortLivedRow? Proof,
    ShortLivedRow? Assertion,
    IdempotencyKey? IdempotencyKey)
{
    public const int MaxResource = 512;

    /// <summary>Thumbprint of the key that signed the client assertion; null for a secret.</summary>
    public string? ClientKey { get; init; }

    /// <summary>Whether a key that anything of it was proven by is stopped.</summary>
    internal bool RestsOnStoppedKey(RegistrySnapshot registry) =>
        registry.StoppedKeys is { Count: > 0 } stopped && (Contains(stopped, ClientKey) || Contains(stopped, Identity.SignedWith) || Contains(stopped, KeyThumbprint));

    private static bool Contains(FrozenSet<string> stopped, string? key) => key is not null && stopped.Contains(key);
}

/// <summary>A refusal, with what the person or the app can do about it.</summary>
/// <param name="RetryAfter">Whole seconds; null where waiting does not help.</param>
/// <param name="Wanted">For a step-up: the proof of identity that the tool asks for.</param>
/// <param name="AcrValues">For a step-up: what to ask the person's issuer for, where the registry says.</param>
public sealed record Refusal(RefusalReason Reason, long? RetryAfter = null, AssuranceDemand? Wanted = null, string? AcrValues = null);

/// <summary>What the app's own quotas look like after the decision, as header values.</summary>
public sealed record QuotaFields(string? Policy, string? Limits, Usage.LegacyRateLimit? Legacy)
{
    public static QuotaFields None { get; } = new(null, null, null);
}

/// <summary>How an admission ended.</summary>
public abstract record AdmissionDecision(QuotaFields Quotas)
{
    /// <summary>The entry is durable and announced, and the grant is signed.</summary>
    /// <param name="Token">The grant, compact serialisation, ASCII.</param>
    /// <param name="Replayed">The same request was granted before: this is that grant.</param>
    public sealed record Granted(ReadOnlyMemory<byte> Token, GrantTerms Terms, TimeSpan ExpiresIn, bool Replayed, QuotaFields Quotas) : AdmissionDecision(Quotas)
    {
        /// <summary>Quotas not in force that would have refused it: for whoever runs the gate, never for the app. Of a replay they were told before.</summary>
        public ImmutableArray<Quota> Shadowed { get; init; } = [];

        public override T Match<TState, T>(TState state, Func<Granted, TState, T> granted, Func<Refused, TState, T> refused) => granted(this, state);
    }

    public sealed record Refused(Refusal Refusal, QuotaFields Quotas) : AdmissionDecision(Quotas)
    {
        public override T Match<TState, T>(TState state, Func<Granted, TState, T> granted, Func<Refused, TState, T> refused) => refused(this, state);
    }

    /// <summary>By case: a new one does not compile until it is matched here and by every caller. <paramref name="state"/> spares a closure for each request.</summary>
    public abstract T Match<TState, T>(TState state, Func<Granted, TState, T> granted, Func<Refused, TState, T> refused);
}
