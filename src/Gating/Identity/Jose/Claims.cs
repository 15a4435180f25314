using System.Text.Json;

namespace Gating.Identity.Jose;

internal enum ClaimState
{
    Absent = 0,
    Invalid = 1,
    Present = 2,
}

/// <summary>Typed reading of the claims of a payload that passed <see cref="StrictJson"/>: what is there but of another type is never "not there".</summary>
internal static class Claims
{
    public const int MaxPayloadDepth = 16;
    private const int MaxAudiences = 16;
    private static readonly double LatestSecond = DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    /// <summary>A string of 1 to <paramref name="maxLength"/> UTF-16 units.</summary>
    public static ClaimState Text(JsonElement payload, string name, int maxLength, out string text)
    {
        text = "";
        if (!payload.TryGetProperty(name, out var value))
        {
            return ClaimState.Absent;
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            return ClaimState.Invalid;
        }

        text = value.GetString()!;
        return text.Length > 0 && text.Length <= maxLength ? ClaimState.Present : ClaimState.Invalid;
    }

    /// <summary>A NumericDate (RFC 7519 section 2), cut to its second: a JSON number of a year up to 9999.</summary>
    public static ClaimState Time(JsonElement payload, string name, out DateTimeOffset time)
    {
        time = default;
        if (!payload.TryGetProperty(name, out var value))
        {
            return ClaimState.Absent;
        }

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var seconds) || !(seconds >= 0 && seconds <= LatestSecond))
        {
            return ClaimState.Invalid;
        }

        time = DateTimeOffset.FromUnixTimeSeconds((long)seconds);
        return ClaimState.Present;
    }

    /// <summary><c>aud</c>: a string, or an array of at most 16 strings (RFC 7519 section 4.1.3).</summary>
    public static ClaimState Audiences(JsonElement payload, out IReadOnlyList<string> audiences)
    {
        audiences = [];
        if (!payload.TryGetProperty("aud", out var value))
        {
            return ClaimState.Absent;
        }

        if (value.ValueKind == JsonValueKind.String)
        {
            audiences = [value.GetString()!];
            return ClaimState.Present;
        }

        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > MaxAudiences)
        {
            return ClaimState.Invalid;
        }

        var several = new List<string>(value.GetArrayLength());
        foreach (var one in value.EnumerateArray())
        {
            if (one.ValueKind != JsonValueKind.String)
            {
                return ClaimState.Invalid;
            }

            several.Add(one.GetString()!);
        }

        audiences = several;
        return ClaimState.Present;
    }
}
