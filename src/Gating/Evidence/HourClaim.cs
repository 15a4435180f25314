namespace Gating.Evidence;

/// <summary>
/// For an answer about a range: the entries that close its hours, each with a count and a hash over the entries of its hour, against the entries that are in the bundle. What such an entry looks like this build does not know, and it
/// says so where there is one: nothing counts as checked.
/// </summary>
internal sealed class HourClaim
{
    private const string Name = "hours";

    private long _count;

    public void Add(EntryLine line) => _count += line.Role is EntryRole.Hour ? 1 : 0;

    /// <summary>Null where no hours are claimed.</summary>
    public Claim? ToClaim() => _count == 0 ? null : Claim.NotChecked(Name, FormattableString.Invariant($"{_count} entries close hours; this version does not count what is in an hour"));
}
