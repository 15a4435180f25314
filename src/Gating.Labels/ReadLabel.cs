using System.Collections.Immutable;

namespace Gating.Labels;

/// <summary>A label as it was found, right or wrong.</summary>
/// <param name="Text">As it stands in the file.</param>
/// <param name="IsWrapped">Under the name <c>AIGC</c>.</param>
/// <param name="Members">Text members in the order in which they stand.</param>
/// <param name="Label">The label, where enough of it is right to be one.</param>
/// <param name="Defects">Rules that it breaks; empty for one that breaks none.</param>
public sealed record ReadLabel(string Text, bool IsWrapped, ImmutableArray<(string Name, string Value)> Members, Label? Label, ImmutableArray<LabelDefect> Defects)
{
    internal static ReadLabel Unreadable(string text, LabelDefect defect) => new(text, false, [], null, [defect]);
}
