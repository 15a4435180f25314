using System.Security.Cryptography;
using System.Text;
using Gating.Ledger;
using Gating.Testing.Storage;
using Gating.Timelines;

namespace Gating.Tests.Timelines;

/// <summary>Timelines and entries on them, for tests.</summary>
internal static class SomeTimelines
{
    public static readonly UtcHour Hour = UtcHour.Of(Some.Time);

    public static Timeline App { get; } = Of(TimelineKind.App, "app");

    public static Timeline Tool { get; } = Of(TimelineKind.Tool, "https://tools.test/face");

    public static Timeline Issuer { get; } = Of(TimelineKind.Issuer, "https://issuer.test");

    public static Timeline Of(TimelineKind kind, string id) => Timeline.TryCreate(kind, id, out var timeline) ? timeline : throw new ArgumentException(id, nameof(id));

    /// <summary>An entry that is on the three.</summary>
    public static Entry EntryAt(DateTimeOffset time, StreamId? stream = null, long seq = 1) => new(
        stream ?? StreamId.Create(), seq, EntryKind.Granted, time, OperationId.Create(), Encoding.ASCII.GetBytes($$"""{"v":2,"app":"{{App.Id}}","tool":"{{Tool.Id}}","issuer":"{{Issuer.Id}}"}"""), default,
        EntryHash.FromBytes(SHA256.HashData([])), EntryHash.Genesis);
}
