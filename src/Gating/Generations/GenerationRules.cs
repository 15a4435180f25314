using System.Collections.Immutable;
using Gating.Grants;
using Gating.Ledger;
using Gating.Registry;
using Gating.Usage;

namespace Gating.Generations;

/// <summary>A grant that is to be redeemed, on one registry snapshot, with everything worked out that does not depend on the person's state.</summary>
/// <param name="Charge">What the grant charged; null where nothing can come back.</param>
/// <param name="Contents">Drawn for this request: its outputs' numbers if it begins.</param>
internal sealed record GenerationQuestion(
    PresentedGrant Grant,
    GenerationRequest Request,
    string Fingerprint,
    ImmutableArray<ContentId> Contents,
    UsageCharge? Charge,
    RegistrySnapshot Registry,
    long MaxRegistryAge)
{
    /// <summary>Whose identity token the grant was given for; null where it need not be known, as no issuer is stopped.</summary>
    public string? Issuer { get; init; }
}

/// <summary>What a decision in the person's stream came to.</summary>
internal abstract record GenerationAnswer
{
    private GenerationAnswer()
    {
    }

    public sealed record Begun : GenerationAnswer;

    public sealed record Refused(GenerationRefusal Reason) : GenerationAnswer;

    /// <summary>The registry snapshot was too old by the time of the decision.</summary>
    public sealed record Stale : GenerationAnswer;
}

/// <summary>Whether a generation may begin: pure, on values. That the grant was not redeemed before is the settlement row's to say, in the same transaction.</summary>
internal static class GenerationRules
{
    public static Decided<GenerationAnswer> Decide(GenerationQuestion question, ImmutableArray<ShortLivedRow> keys, StreamState state, DecisionTime time)
    {
        if (question.Registry.IsStaleAt(time, question.MaxRegistryAge))
        {
            return new(state, [], [], null, null, new GenerationAnswer.Stale());
        }

        if (Refusal(question, state, time.Now) is { } reason)
        {
            return new(state, [], [], null, null, new GenerationAnswer.Refused(reason));
        }

        var units = question.Request.Units ?? question.Grant.Units;
        var entry = new EntryDraft(EntryKind.Redeemed, GenerationEntries.Redeemed(question, units), default);
        return new(Returned(question, state, question.Grant.Units - units, time.Now), [entry], keys, question.Grant.Seq, null, new GenerationAnswer.Begun());
    }

    private static GenerationRefusal? Refusal(GenerationQuestion question, StreamState state, DateTimeOffset now) =>
        question.Registry.Apps.GetValueOrDefault(question.Grant.App) is not { Status: RegistryStatus.Active } ? GenerationRefusal.AppStopped
        : question.Registry.Tools.GetValueOrDefault(question.Grant.Resource) is not { Status: RegistryStatus.Active } ? GenerationRefusal.ToolStopped
        : question.Issuer is { } issuer && question.Registry.Issuers.GetValueOrDefault(issuer) is not { Status: RegistryStatus.Active } ? GenerationRefusal.IssuerStopped
        : question.Grant.KeyThumbprint is { } key && question.Registry.StoppedKeys.Contains(key) ? GenerationRefusal.KeyStopped
        : state.StatusAt(now) is StreamStatus.Revoked or StreamStatus.Erased ? GenerationRefusal.PersonRevoked
        : state.StatusAt(now) is not StreamStatus.Active ? GenerationRefusal.PersonSuspended
        : now >= question.Grant.ExpiresAt ? GenerationRefusal.GrantExpired
        : question.Request.Units > question.Grant.Units ? GenerationRefusal.TooManyUnits
        : null;

    // Units that are not used come back to the windows that they were charged to, as far as those still count.
    private static StreamState Returned(GenerationQuestion question, StreamState state, int units, DateTimeOffset now) =>
        units > 0 && question.Charge is { } charge && question.Registry.PlanOf(question.Grant.App, question.Grant.Resource) is { } plan
            ? state with { Windows = plan.Refund(state.Windows, charge, units, now) }
            : state;
}
