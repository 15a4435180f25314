namespace Gating.Local.OpenId;

/// <summary>A made-up person at the demonstration provider.</summary>
/// <param name="Name">What one signs in as.</param>
/// <param name="Subject">Their <c>sub</c>.</param>
/// <param name="NaturalPerson">The same for two accounts of one human; null: the provider does not know.</param>
/// <param name="Proof">How the person was proven; null: not at all.</param>
public sealed record DemoPerson(string Name, string About, string Subject, string? NaturalPerson, DemoProof? Proof)
{
    /// <summary>Proven in person, at the highest level.</summary>
    public static DemoPerson Mei { get; } = new(
        "mei", "proven at level high", "u-mei-4c1f", "np-7d21", new("high", TimeSpan.FromDays(20)));

    /// <summary>The same human as <see cref="Mei"/> with a second account.</summary>
    public static DemoPerson MeiAtWork { get; } = new(
        "mei-at-work", "the same human as mei, another account", "u-mei-90ab", "np-7d21", new("high", TimeSpan.FromDays(3)));

    public static DemoPerson Lin { get; } = new(
        "lin", "proven at level substantial", "u-lin-22e8", "np-3b90", new("substantial", TimeSpan.FromDays(100)));

    public static DemoPerson Tom { get; } = new(
        "tom", "proven at level low", "u-tom-71d3", "np-55c7", new("low", TimeSpan.FromDays(10)));

    /// <summary>Proven at the highest level, but years ago.</summary>
    public static DemoPerson Old { get; } = new(
        "old", "proven at level high, three years ago", "u-old-0f0f", "np-9e9e", new("high", TimeSpan.FromDays(3 * 365)));

    /// <summary>Signed in, never proven.</summary>
    public static DemoPerson Guest { get; } = new("guest", "signed in, never proven", "u-guest-13aa", "np-1a1a", null);

    /// <summary>Proven, but the provider cannot say which human it is.</summary>
    public static DemoPerson Nameless { get; } = new(
        "nameless", "proven, without the claim that names one human", "u-nameless-8b2d", null, new("high", TimeSpan.FromDays(20)));

    public static IReadOnlyList<DemoPerson> All { get; } = [Mei, MeiAtWork, Lin, Tom, Old, Guest, Nameless];
}

/// <summary>What stands in the person's OpenID4IDA <c>verified_claims</c>.</summary>
/// <param name="Age">How long before the provider's start the person was proven.</param>
public sealed record DemoProof(string Level, TimeSpan Age, string TrustFramework = DemoProof.DemoTrustFramework)
{
    public const string DemoTrustFramework = "demo_framework";
}
