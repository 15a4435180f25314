using System.Text.Json;

namespace Gating.Ledger;

/// <summary>The words for kinds of entries that go over a wire: <c>granted</c>, <c>refused_many</c>.</summary>
public static class EntryKinds
{
    private static readonly Dictionary<string, EntryKind> ByWord = Enum.GetValues<EntryKind>().ToDictionary(Word, StringComparer.Ordinal);

    /// <summary>Of the type of a CloudEvent about an entry, before the word.</summary>
    public const string EventPrefix = "gating.entry.";

    /// <summary>All of them, for a message to a person.</summary>
    public static string Words { get; } = string.Join(", ", ByWord.Keys);

    public static string Word(EntryKind kind) => JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString());

    /// <summary>Null where it is none of the words.</summary>
    public static EntryKind? Parse(string word) => ByWord.TryGetValue(word, out var kind) ? kind : null;
}
