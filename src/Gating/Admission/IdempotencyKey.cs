using Gating.Ledger;

namespace Gating.Admission;

/// <summary>The <c>Idempotency-Key</c> of a request: 1 to 255 visible ASCII characters, as a structured-field string (quoted) or bare.</summary>
public readonly record struct IdempotencyKey
{
    /// <summary>How long a key is remembered at least.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    private const int MaxLength = 255;

    private IdempotencyKey(string value) => Value = value;

    public string Value { get; }

    /// <summary>Accepts <c>"key"</c> with <c>\"</c> and <c>\\</c> escaped (RFC 8941 3.3.3) and the bare form without quotes or backslashes; both forms of one key are one key.</summary>
    public static bool TryParse(string text, out IdempotencyKey key)
    {
        key = default;
        var value = text.StartsWith('"') ? Unquote(text) : text;
        if (value is not { Length: >= 1 and <= MaxLength })
        {
            return false;
        }

        foreach (var c in value)
        {
            if (c is < '!' or > '~' && c != ' ')
            {
                return false;
            }
        }

        if (!text.StartsWith('"') && value.AsSpan().ContainsAny("\"\\ ,;"))
        {
            return false;
        }

        key = new(value);
        return true;
    }

    /// <summary>The row that the key uses up: its scope is the app and, by the partition it stands in, the person.</summary>
    public KeyHash ToHash(string app) => KeyHash.Of("idempotency", app, Value);

    private static string? Unquote(string text)
    {
        if (text.Length < 2 || text[^1] != '"')
        {
            return null;
        }

        var inner = text.AsSpan(1, text.Length - 2);
        var plain = new char[inner.Length];
        var length = 0;
        for (var i = 0; i < inner.Length; i++)
        {
            if (inner[i] == '"' || (inner[i] == '\\' && (++i == inner.Length || inner[i] is not ('"' or '\\'))))
            {
                return null;
            }

            plain[length++] = inner[i];
        }

        return new(plain, 0, length);
    }
}
