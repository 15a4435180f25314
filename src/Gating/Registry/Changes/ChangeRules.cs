using Gating.Access;

namespace Gating.Registry.Changes;

/// <summary>What the registry is to a change: pure, on values.</summary>
internal static class ChangeRules
{
    /// <summary>Whether the change is carried out by now, can be, or never will be; a row that was removed says nothing, and is gone either way.</summary>
    public static ChangeStanding StandingOn(RecordedChange change, RegistryRow? stored) =>
        stored is null ? change.After is null ? ChangeStanding.Applied : change.BeforeTag is null ? ChangeStanding.Proposed : ChangeStanding.Dropped
        : stored.Change == change.Id ? ChangeStanding.Applied
        : string.Equals(RegisteredItem.TagOf(stored), change.BeforeTag, StringComparison.Ordinal) ? ChangeStanding.Proposed
        : ChangeStanding.Dropped;

    /// <summary>All rows as they would be.</summary>
    public static IReadOnlyList<RegistryRow> With(IReadOnlyList<RegistryRow> rows, RegistryItem item, RegistryRow? after)
    {
        var others = rows.Where(row => !item.Names(row));
        return after is null ? [.. others] : [.. others, after];
    }

    /// <summary>Whether nobody would be an admin any more by the word of the issuer that made this one an admin: what was done could not be undone.</summary>
    public static bool LocksOut(RegistryDocument after, Official by) =>
        !after.Issuers.Any(issuer => string.Equals(issuer.Id, by.Issuer, StringComparison.Ordinal) && issuer.Status is RegistryStatus.Active && issuer.Roles is { Admins.Count: > 0 });

    /// <summary>Whether an app that might not release outputs without the label that people see might do so then: whatever the route says, that takes two.</summary>
    public static bool LetsRelease(RegistryItem item, RegistryDocument before, RegistryDocument after) =>
        string.Equals(item.Kind, RegistryItem.App, StringComparison.Ordinal) && MayRelease(after, item.Name) && !MayRelease(before, item.Name);

    private static bool MayRelease(RegistryDocument registry, string app) => registry.Apps.Any(one => one.MayReleaseUnlabelled && string.Equals(one.Id, app, StringComparison.Ordinal));
}
