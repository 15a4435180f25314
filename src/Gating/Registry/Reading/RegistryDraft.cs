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
        var document = new RegistryDocument(
            [.. Apps.Select(static app => app.App)], [.. Tools.Select(static tool => tool.Value)], [.. Issuers.Select(static issuer => issuer.Value)], PersonQuotas, [.. Rows.Select(static row => row.Value)])
        {
            Moderators = [.. Moderators.Select(static moderator => moderator.Value)],
            Timed = [.. Stops.Where(static stop => stop.From is not null)],
        };
        return document.StoppedBy(Stops.FindAll(static stop => stop.From is null));
    }
}

/// <param name="Issuers">Issuers named by its audiences.</param>
internal sealed record AppDraft(
    App App,
    JsonPlace Place,
    ImmutableArray<Located<string>> Tools,
    ImmutableArray<Located<string>> Issuers,
    ImmutableArray<(string Issuer, Located<string> Audience)> Audiences);
