using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Gating.Registry;
using Gating.Registry.Changes;
using Gating.Registry.Reading;
using Gating.Timelines;

namespace Gating.Replay;

/// <summary>What an admin wants to know: how decisions of a span of time would have gone if an item of the registry had been another.</summary>
/// <param name="Draft">The item as it would be: what a <c>PUT</c> of it takes.</param>
/// <param name="App">Of people who used that app alone; null: of all.</param>
public sealed record ReplayOrder(ReadOnlyMemory<byte> Draft, TimelineRange Range, string? App);

/// <summary>Reads <c>{"draft": {…}, "from": "…", "to": "…", "app": "studio"}</c>, strictly and completely.</summary>
public static class ReplayReader
{
    /// <summary>Bytes of JSON that are read at most.</summary>
    public const int MaxSize = ItemEdit.Put.MaxSize + 4096;

    private const int MaxDepth = 17;

    /// <summary>As long as the longest window of a quota.</summary>
    private static readonly TimeSpan MaxRange = TimeSpan.FromDays(31);

    public static (ReplayOrder? Order, ImmutableArray<RegistryError> Errors) Read(ReadOnlyMemory<byte> json) => JsonBody.Read(json, MaxSize, MaxDepth, static root =>
    {
        var fields = JsonFields.Of(root, "draft", "from", "to", "app");
        var (from, to) = (Rfc3339.Parse(fields.Text("from", TextRules.Time)) ?? default, Rfc3339.Parse(fields.Text("to", TextRules.Time)) ?? default);
        if (to <= from || to - from > MaxRange)
        {
            root.RefuseAs("no span of time", string.Create(CultureInfo.InvariantCulture, $"to after from, by {MaxRange.TotalDays} days at most"));
        }

        return new ReplayOrder(fields.Required("draft") is { } draft ? Encoding.UTF8.GetBytes(draft.Value.GetRawText()) : default, new(from, to), fields.OptionalText("app", TextRules.AppId));
    });
}
