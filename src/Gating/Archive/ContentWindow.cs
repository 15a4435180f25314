using System.Diagnostics.CodeAnalysis;
using Gating.Generations;

namespace Gating.Archive;

/// <summary>
/// All numbers that were drawn within 2^25 ms (9 h 19 min 14 s): those that begin with the same five characters, so that storage lists them by that prefix alone. Windows follow each other
/// without a gap.
/// </summary>
internal readonly record struct ContentWindow
{
    private const int Characters = 5;
    private const int Bits = 25;

    private readonly long _number;

    private ContentWindow(long number) => _number = number;

    /// <summary>From this time on none is drawn that belongs here.</summary>
    public DateTimeOffset End => DateTimeOffset.FromUnixTimeMilliseconds((_number + 1) << Bits);

    public ContentWindow Next => new(_number + 1);

    public string Prefix => ContentId.Of(DateTimeOffset.FromUnixTimeMilliseconds(_number << Bits), stackalloc byte[10]).Text[..Characters];

    /// <summary>The window of a number, or of what <see cref="Prefix"/> gave.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ContentWindow window)
    {
        window = default;
        if (text is not { Length: >= Characters } || !ContentId.TryParse(text[..Characters].PadRight(ContentId.Length, '0'), out var first))
        {
            return false;
        }

        window = new(first.Text.AsSpan(0, Characters).ToArray().Aggregate(0L, static (number, character) => (number << 5) | (long)ContentId.Alphabet.IndexOf(character, StringComparison.Ordinal)));
        return true;
    }
}
