using System.Collections.Immutable;
using Gating.Log.Witnesses;
using Gating.Registry;

namespace Gating.Functions;

/// <summary>The settings do not add up. The message lists everything that is wrong, with the value seen; never a secret.</summary>
public sealed class ConfigurationException(IReadOnlyList<string> errors)
    : Exception("The settings cannot be used:" + string.Concat(errors.Select(error => $"{Environment.NewLine}  - {error}")))
{
    public IReadOnlyList<string> Errors { get; } = errors;
}

/// <summary>The settings but for storage (see Composition.cs) and keys (see GateKeys.cs), checked and turned into what they stand for.</summary>
internal sealed record GateConfiguration(PublicOrigin Origin, bool Development, ImmutableArray<Witness> Witnesses, string? RegistrySeed, int IdentifyPerMinute)
{
    /// <summary>A line of <c>security.txt</c>; null: there is none.</summary>
    public string? SecurityContact { get; init; }

    public RegistryMode RegistryMode => Development ? RegistryMode.Development : RegistryMode.Production;

    /// <summary>Adds every error to <paramref name="errors"/>; null where there is one.</summary>
    public static GateConfiguration? From(GateSettings settings, List<string> errors)
    {
        var origin = PublicOrigin.Parse(settings.PublicUrl, settings.Development, errors);
        var witnesses = LogConfiguration.WitnessesFrom(settings, errors);
        if (settings.RegistrySeed is { } seed && !File.Exists(seed))
        {
            errors.Add($"Gating:RegistrySeed names {seed}, which is not there");
        }

        if (settings.SecurityContact is { } contact && !IsContact(contact))
        {
            errors.Add($"Gating:SecurityContact is '{contact}', not mailto: or an https address");
        }

        if (settings.IdentifyPerMinute is < 1 or > 100_000)
        {
            errors.Add($"Gating:IdentifyPerMinute is {settings.IdentifyPerMinute}, not 1 to 100000");
        }

        return errors.Count == 0
            ? new(origin!, settings.Development, witnesses, settings.RegistrySeed, settings.IdentifyPerMinute) { SecurityContact = settings.SecurityContact }
            : null;
    }

    // A line of the file: nothing in it may end the line.
    private static bool IsContact(string contact) => contact.Length <= 256 && !contact.AsSpan().ContainsAnyExceptInRange('!', '~')
        && Uri.TryCreate(contact, UriKind.Absolute, out var address) && (address.Scheme is "https" || (address.Scheme is "mailto" && address.OriginalString.Contains('@', StringComparison.Ordinal)));
}

/// <summary>Our origin as the outside knows it.</summary>
internal sealed record PublicOrigin(string Value)
{
    public static PublicOrigin? Parse(string? value, bool development, List<string> errors)
    {
        if (Uri.TryCreate(value, UriKind.Absolute, out var url)
            && string.Equals(url.GetLeftPart(UriPartial.Authority), value, StringComparison.Ordinal)
            && (string.Equals(url.Scheme, Uri.UriSchemeHttps, StringComparison.Ordinal) || (development && url.IsLoopback)))
        {
            return new(value);
        }

        errors.Add($"Gating:PublicUrl is '{value}', not an https origin without a trailing slash");
        return null;
    }
}
