using System.Collections.Immutable;
using Gating.Registry;
using Gating.Registry.Reading;

namespace Gating.Moderators;

/// <summary>Reads an app's heartbeat, strictly and completely: <c>{"tool": "https://…", "rules": "2026-11"}</c>.</summary>
public static class FilterHeartbeatReader
{
    /// <summary>Bytes of JSON that are read at most.</summary>
    public const int MaxSize = 4096;

    private const int MaxDepth = 2;

    public static (FilterHeartbeatRequest? Request, ImmutableArray<RegistryError> Errors) Read(ReadOnlyMemory<byte> json) => JsonBody.Read(json, MaxSize, MaxDepth, static root =>
    {
        var fields = JsonFields.Of(root, "tool", "rules");
        return new FilterHeartbeatRequest(fields.Text("tool", TextRules.Word), fields.Text("rules", TextRules.Label));
    });
}

/// <summary>A heartbeat as it was sent.</summary>
/// <param name="Tool">Before which the filters are active.</param>
/// <param name="Rules">The version of their rules.</param>
public sealed record FilterHeartbeatRequest(string Tool, string Rules);
