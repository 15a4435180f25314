using System.Collections.Immutable;
using Gating.Ledger;
using Gating.Usage;

namespace Gating.Registry.Reading;

/// <summary>What must hold between the items of a registry, one small check each. They run over whatever could be read, besides the errors found in reading.</summary>
internal static class RegistryChecks
{
    /// <summary>A Table property holds 32 K characters.</summary>
    private const int MostRowCharacters = 30_000;

    private static readonly ImmutableArray<Action<RegistryDraft, RegistryErrors>> All =
        [UniqueNames, KnownTools, KnownIssuers, KnownModerators, AudiencesOfOneApp, AudiencesOfTheDesk, TransmittersOfOneIssuer, DistinctQuotaNames, WindowsFitAHead, SharedWindowsFitAHead, RowsFitStorage];

    public static void Run(RegistryDraft draft, RegistryErrors errors)
    {
        foreach (var check in All)
        {
            check(draft, errors);
        }
    }

    private static void UniqueNames(RegistryDraft draft, RegistryErrors errors)
    {
        Unique(draft.Apps.Select(app => (app.App.Id, app.Place)), "id", errors);
        Unique(draft.Tools.Select(tool => (tool.Value.Resource, tool.Place)), "resource", errors);
        Unique(draft.Issuers.Select(issuer => (issuer.Value.Id, issuer.Place)), "id", errors);
        Unique(draft.Moderators.Select(moderator => (moderator.Value.Id, moderator.Place)), "id", errors);
    }

    private static void Unique(IEnumerable<(string Name, JsonPlace Place)> items, string member, RegistryErrors errors)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, place) in items)
        {
            // A name that is missing was reported.
            if (name.Length > 0 && !seen.Add(name))
            {
                errors.Add($"{place.Pointer}/{member}", $"\"{name}\" a second time", "each only once");
            }
        }
    }

    private static void KnownTools(RegistryDraft draft, RegistryErrors errors)
    {
        var known = draft.Tools.Select(tool => tool.Value.Resource).ToHashSet(StringComparer.Ordinal);
        foreach (var tool in draft.Apps.SelectMany(app => app.Tools).Where(tool => !known.Contains(tool.Value)))
        {
            tool.Place.Refuse("the resource of a registered tool");
        }
    }

    private static void KnownIssuers(RegistryDraft draft, RegistryErrors errors)
    {
        var known = draft.Issuers.Select(issuer => issuer.Value.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var issuer in draft.Apps.SelectMany(app => app.Issuers).Where(issuer => !known.Contains(issuer.Value)))
        {
            issuer.Place.RefuseAs("audiences at an issuer that is not registered", "the id of a registered issuer");
        }
    }

    private static void KnownModerators(RegistryDraft draft, RegistryErrors errors)
    {
        var known = draft.Moderators.Select(moderator => moderator.Value.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var moderator in draft.ToolModerators.Where(moderator => !known.Contains(moderator.Value)))
        {
            moderator.Place.Refuse("the id of a registered moderator");
        }
    }

    /// <summary>Were the desk's client id an app's too, what people give the app would open the desk.</summary>
    private static void AudiencesOfTheDesk(RegistryDraft draft, RegistryErrors errors)
    {
        var desk = draft.Issuers.Where(static issuer => issuer.Value.Roles is not null)
            .SelectMany(static issuer => issuer.Value.Roles!.Audiences.Select(audience => (issuer.Value.Id, audience))).ToHashSet();
        foreach (var (issuer, audience) in draft.Apps.SelectMany(static app => app.Audiences).Where(one => desk.Contains((one.Issuer, one.Audience.Value))))
        {
            audience.Place.Refuse($"a client id that is not the desk's at {issuer}");
        }
    }

    /// <summary>Were a transmitter two issuers', or another issuer itself, nobody could say whose accounts its events are about.</summary>
    private static void TransmittersOfOneIssuer(RegistryDraft draft, RegistryErrors errors)
    {
        var seen = draft.Issuers.Select(static issuer => issuer.Value.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var (trust, place) in draft.Issuers.Where(static issuer => issuer.Value.Signals is { } trust && !string.Equals(trust.Transmitter, issuer.Value.Id, StringComparison.Ordinal))
            .Select(static issuer => (issuer.Value.Signals!, issuer.Place)))
        {
            if (!seen.Add(trust.Transmitter))
            {
                errors.Add($"{place.Pointer}/signals/transmitter", $"\"{trust.Transmitter}\"", "a transmitter of one issuer alone, and no registered issuer");
            }
        }
    }

    /// <summary>Were a client id two apps', each could spend the tokens that people gave the other.</summary>
    private static void AudiencesOfOneApp(RegistryDraft draft, RegistryErrors errors)
    {
        var owners = new Dictionary<(string Issuer, string Audience), string>();
        foreach (var app in draft.Apps)
        {
            foreach (var (issuer, audience) in app.Audiences)
            {
                if (!owners.TryAdd((issuer, audience.Value), app.App.Id))
                {
                    audience.Place.Refuse($"a client id of one app at an issuer; app {owners[(issuer, audience.Value)]} has it");
                }
            }
        }
    }

    /// <summary>An app sees the quotas of a tool and of the policy in one header field, told apart by name.</summary>
    private static void DistinctQuotaNames(RegistryDraft draft, RegistryErrors errors)
    {
        var policy = draft.PersonQuotas.Select(quota => quota.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var tool in draft.Tools)
        {
            foreach (var quota in tool.Value.Quotas.Where(quota => policy.Contains(quota.Name)))
            {
                errors.Add($"{tool.Place.Pointer}/quotas", $"\"{quota.Name}\"", "names that the policy's personQuotas do not have");
            }
        }
    }

    private static void WindowsFitAHead(RegistryDraft draft, RegistryErrors errors)
    {
        var policy = QuotaPlan.WindowsOf(draft.PersonQuotas);
        foreach (var tool in draft.Tools)
        {
            var windows = QuotaPlan.WindowsOf(tool.Value.Quotas) + policy;
            if (windows > Head.MaxWindows)
            {
                errors.Add(
                    $"{tool.Place.Pointer}/quotas",
                    $"quotas that keep {windows} windows for one person, the policy's included",
                    $"at most {Head.MaxWindows}: a rolling quota keeps 13, any other 1");
            }
        }
    }

    private static void SharedWindowsFitAHead(RegistryDraft draft, RegistryErrors errors)
    {
        foreach (var (quotas, place) in draft.Apps.Select(static app => (app.App.Quotas, app.Place)).Concat(draft.Tools.Select(static tool => (tool.Value.Quotas, tool.Place))))
        {
            if (QuotaPlan.SharedWindowsOf(quotas) is > Head.MaxWindows and var windows)
            {
                errors.Add($"{place.Pointer}/quotas", $"quotas that keep {windows} windows for everybody", $"at most {Head.MaxWindows}: a rolling quota keeps 13, any other 1");
            }
        }
    }

    private static void RowsFitStorage(RegistryDraft draft, RegistryErrors errors)
    {
        foreach (var row in draft.Rows.Where(row => row.Value.Json.Length > MostRowCharacters))
        {
            errors.Add(row.Place.Pointer, $"{row.Value.Json.Length} characters", $"at most {MostRowCharacters} characters of JSON per item");
        }
    }
}
