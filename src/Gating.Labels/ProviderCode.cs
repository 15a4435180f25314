using System.Diagnostics.CodeAnalysis;

namespace Gating.Labels;

/// <summary>
/// A service provider's code (TC260-PG-20252A): 27 digits and upper-case letters. <c>00</c>, the kind of subject, how it is bound, 18 characters of the subject's own id, then the
/// kind of service and four characters that the provider assigns to its model or app. Where the id is a unified social credit code, its check character must hold (GB 32100-2015).
/// </summary>
public readonly record struct ProviderCode
{
    public const int Length = 27;

    private const string CreditAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    private const int CreditStart = 4;
    private const int CreditLength = 18;
    private const char BoundByCreditCode = '1';

    private readonly string? _text;

    private ProviderCode(string text) => _text = text;

    /// <summary>What the code says that its bearer does: <c>1</c> generates, <c>2</c> propagates, <c>0</c> unsaid.</summary>
    public char Service => Text[22];

    public static bool TryParse([NotNullWhen(true)] string? text, out ProviderCode code)
    {
        code = default;
        if (text is not { Length: Length } || !text.StartsWith("00", StringComparison.Ordinal) || !text.All(static c => c is (>= '0' and <= '9') or (>= 'A' and <= 'Z')))
        {
            return false;
        }

        if (text[3] == BoundByCreditCode && !IsCreditCode(text.AsSpan(CreditStart, CreditLength)))
        {
            return false;
        }

        code = new(text);
        return true;
    }

    /// <summary>The 27 characters. Throws <see cref="InvalidOperationException"/> for a default value, which is no code.</summary>
    public string Text => _text ?? throw new InvalidOperationException("No provider code.");

    public override string ToString() => _text ?? string.Empty;

    // Weights are powers of 3 modulo 31; the check character makes the weighted sum a multiple of 31.
    private static bool IsCreditCode(ReadOnlySpan<char> text)
    {
        var (sum, weight) = (0, 1);
        foreach (var c in text[..^1])
        {
            var value = CreditAlphabet.IndexOf(c, StringComparison.Ordinal);
            if (value < 0)
            {
                return false;
            }

            sum += value * weight;
            weight = weight * 3 % 31;
        }

        return CreditAlphabet[(31 - (sum % 31)) % 31] == text[^1];
    }
}
