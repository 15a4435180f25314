namespace Gating.Usage.Leases;

/// <summary>A quota that everybody of an app, or of a tool, shares: counted in the ledger of that app or tool, from which instances lease blocks.</summary>
public sealed class SharedLimit
{
    internal SharedLimit(IQuotaRule rule, string kind, string owner) => (Rule, Kind, Owner) = (rule, kind, owner);

    public Quota Quota => Rule.Quota;

    /// <summary>The id that its windows carry, and the charges of grants.</summary>
    public ulong Id => Rule.Id;

    /// <summary><c>app</c> or <c>tool</c>: with <see cref="Owner"/> what names the ledger.</summary>
    public string Kind { get; }

    /// <summary>The app's id or the tool's resource.</summary>
    public string Owner { get; }

    /// <summary>Units that an instance leases at most, a single request that wants more excepted: a hundredth of the limit. What an instance that dies leaves unused is no more than that.</summary>
    public long Block => Math.Max(1, Quota.Limit / 100);

    internal IQuotaRule Rule { get; }
}
