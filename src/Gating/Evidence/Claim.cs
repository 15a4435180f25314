using System.Collections.Immutable;
using System.Globalization;

namespace Gating.Evidence;

public enum Verdict
{
    Holds = 1,

    Fails = 2,

    /// <summary>Neither: something that is needed for it was not given, and the claim says what.</summary>
    NotChecked = 3,
}

/// <summary>One thing that a bundle claims, and what became of it.</summary>
/// <param name="Name">In a few words; the same for every bundle.</param>
/// <param name="Says">What was found, with numbers.</param>
/// <param name="Failures">The first that were met; empty unless it fails.</param>
public sealed record Claim(string Name, Verdict Verdict, string Says, ImmutableArray<string> Failures)
{
    internal static Claim Holds(string name, string says) => new(name, Verdict.Holds, says, []);

    internal static Claim Fails(string name, string why) => new(name, Verdict.Fails, why, [why]);

    internal static Claim NotChecked(string name, string why) => new(name, Verdict.NotChecked, why, []);
}

/// <summary>Why a file is not judged as a bundle at all.</summary>
public enum BundleRefusal
{
    /// <summary>It is no ZIP as a bundle is one, or it ends too soon.</summary>
    NotABundle = 1,

    /// <summary>The manifest or its signature is missing: its writer did not come to the end.</summary>
    CutOff = 2,

    /// <summary>More files, a larger directory or a larger file than a bundle has.</summary>
    TooLarge = 3,

    /// <summary>A name that no bundle has in it.</summary>
    ForeignFile = 4,

    /// <summary>A name twice: two readers could see two things.</summary>
    RepeatedFile = 5,
}

/// <summary>What became of a bundle that was to be verified.</summary>
public abstract record BundleReport
{
    private BundleReport()
    {
    }

    /// <param name="Made">When it says that it was made; null where its manifest cannot be read.</param>
    public sealed record Judged(ImmutableArray<Claim> Claims, long Entries, DateTimeOffset? Made) : BundleReport
    {
        /// <summary>The worst of all claims: one that fails, or else one that was not checked.</summary>
        public Verdict Verdict => Claims.Any(static claim => claim.Verdict is Verdict.Fails) ? Verdict.Fails : Claims.Any(static claim => claim.Verdict is Verdict.NotChecked) ? Verdict.NotChecked : Verdict.Holds;
    }

    public sealed record Refused(BundleRefusal Reason, string Detail) : BundleReport;
}

/// <summary>Counts what contradicts a claim and keeps the first few: a bundle can have a million lines that are wrong.</summary>
internal sealed class ClaimTally(string name)
{
    private const int MaxKept = 5;

    private readonly List<string> _kept = [];
    private long _failures;

    public bool Holds => _failures == 0;

    public void Fail(FormattableString why)
    {
        _failures++;
        if (_kept.Count < MaxKept)
        {
            _kept.Add(why.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <param name="says">What holds, where nothing contradicts it.</param>
    public Claim ToClaim(FormattableString says) => Holds
        ? Claim.Holds(name, says.ToString(CultureInfo.InvariantCulture))
        : new(name, Verdict.Fails, string.Create(CultureInfo.InvariantCulture, $"{_kept[0]}{(_failures > 1 ? $", and {_failures - 1} more" : string.Empty)}"), [.. _kept]);
}
