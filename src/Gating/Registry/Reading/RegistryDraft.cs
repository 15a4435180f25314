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

    public ImmutableArray<Quota> PersonQuotas { get; set; } = [];

    public List<Located<RegistryRow>> Rows { get; } = [];

    public RegistryDocument ToDocument() => new(
        [.. Apps.Select(app => app.App)],
        [.. Tools.Select(tool => tool.Value)],
        [.. Issuers.Select(issuer => issuer.Value)],
        PersonQuotas,
        [.. Rows.Select(row => row.Value)]);
}

/// <param name="Issuers">Issuers named by its audiences.</param>
internal sealed record AppDraft(
    App App,
    JsonPlace Place,
    ImmutableArray<Located<string>> Tools,
    ImmutableArray<Located<string>> Issuers,
    ImmutableArray<(string Issuer, Located<string> Audience)> Audiences);
