using System.Collections.Frozen;
using System.Collections.Immutable;
using Gating.Usage;

namespace Gating.Registry.Reading;

/// <summary>What was read so far, with where it stood: the checks between items run over it.</summary>
internal sealed class RegistryDraft(RegistryMode mode)
{
    public RegistryMode Mode => mode;

    public List<AppDraft> Apps { get; } = [];

    public List<Located<Tool>> Tools { get; } = [];

    public List<Located<Issuer>> Issuers { get; } = [];

    public List<Located<Moderator>> Moderators { get; } = [];

    /// <summary>Moderators named by tools.</summary>
    public List<Located<string>> ToolModerators { get; } = [];

    public List<RegistryStop> Stops { get; } = [];

    public ImmutableArray<Quota> PersonQuotas { get; set; } = [];

    public List<Located<RegistryRow>> Rows { get; } = [];

    public RegistryDocument ToDocument()
    {
        var stopped = Stops.Where(static stop => stop.Kind is RegistryKind.Key).Select(static stop => stop.Name).ToFrozenSet(StringComparer.Ordinal);
        return new(
            [.. Apps.Select(app => app.App with { Status = StatusOf(RegistryKind.App, app.App.Id, app.App.Status), StoppedKeys = stopped })],
            [.. Tools.Select(tool => tool.Value with { Status = StatusOf(RegistryKind.Tool, tool.Value.Resource, tool.Value.Status) })],
            [.. Issuers.Select(issuer => issuer.Value with { Status = StatusOf(RegistryKind.Issuer, issuer.Value.Id, issuer.Value.Status), StoppedKeys = stopped })],
            PersonQuotas,
            [.. Rows.Select(row => row.Value)])
        {
            Moderators = [.. Moderators.Select(moderator => moderator.Value with { Status = StatusOf(RegistryKind.Moderator, moderator.Value.Id, moderator.Value.Status), StoppedKeys = stopped })],
            StoppedKeys = stopped,
        };
    }

    private RegistryStatus StatusOf(RegistryKind kind, string name, RegistryStatus own) =>
        Stops.Exists(stop => stop.Kind == kind && string.Equals(stop.Name, name, StringComparison.Ordinal)) ? RegistryStatus.Stopped : own;
}

/// <param name="Issuers">Issuers named by its audiences.</param>
internal sealed record AppDraft(
    App App,
    JsonPlace Place,
    ImmutableArray<Located<string>> Tools,
    ImmutableArray<Located<string>> Issuers,
    ImmutableArray<(string Issuer, Located<string> Audience)> Audiences);
