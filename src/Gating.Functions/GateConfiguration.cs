using System.Collections.Immutable;
using System.Security.Cryptography;
using Gating.Grants;
using Gating.Ledger;
using Gating.Log.Sealing;
using Gating.Log.Witnesses;
using Gating.Registry;
using Gating.Signals;

namespace Gating.Functions;

/// <summary>The settings do not add up. The message lists everything that is wrong, with the value seen; never a secret.</summary>
public sealed class ConfigurationException(IReadOnlyList<string> errors)
    : Exception("The settings cannot be used:" + string.Concat(errors.Select(error => $"{Environment.NewLine}  - {error}")))
{
    public IReadOnlyList<string> Errors { get; } = errors;
}

/// <summary>The settings but for storage (see Composition.cs), checked and turned into what they stand for.</summary>
internal sealed record GateConfiguration(PublicOrigin Origin, bool Development, OperatorKey DataKey, SigningKeyRing GrantKeys, SignalKeys? SignalKeys, LogKeys LogKeys, ImmutableArray<Witness> Witnesses, string? RegistrySeed, int IdentifyPerMinute)
{
    /// <summary>A line of <c>security.txt</c>; null: there is none.</summary>
    public string? SecurityContact { get; init; }

    public RegistryMode RegistryMode => Development ? RegistryMode.Development : RegistryMode.Production;

    /// <summary>Adds every error to <paramref name="errors"/>; null where there is one.</summary>
    public static GateConfiguration? From(GateSettings settings, List<string> errors)
    {
        var keys = DevelopmentKeys.Complete(settings, errors);
        var origin = PublicOrigin.Parse(settings.PublicUrl, settings.Development, errors);
        var dataKey = DataKeyFrom(keys.Data, errors);
        var grantKeys = GrantKeysFrom(keys, errors);
        var signalKeys = SignalKeysFrom(keys, errors);
        var logKeys = LogConfiguration.From(settings, keys, dataKey, errors);
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
            ? new(origin!, settings.Development, dataKey!, grantKeys!, signalKeys, logKeys!, witnesses, settings.RegistrySeed, settings.IdentifyPerMinute) { SecurityContact = settings.SecurityContact }
            : null;
    }

    // A line of the file: nothing in it may end the line.
    private static bool IsContact(string contact) => contact.Length <= 256 && !contact.AsSpan().ContainsAnyExceptInRange('!', '~')
        && Uri.TryCreate(contact, UriKind.Absolute, out var address) && (address.Scheme is "https" || (address.Scheme is "mailto" && address.OriginalString.Contains('@', StringComparison.Ordinal)));

    private static OperatorKey? DataKeyFrom(string? value, List<string> errors)
    {
        var bytes = new byte[OperatorKey.Size + 2];
        if (value is not null && Convert.TryFromBase64String(value, bytes, out var length) && length == OperatorKey.Size)
        {
            return new(bytes.AsSpan(0, length));
        }

        errors.Add(value is null ? "Gating:Keys:Data is missing" : $"Gating:Keys:Data is not {OperatorKey.Size} bytes in base64");
        return null;
    }

    /// <summary>Null without an error: there are none.</summary>
    private static SignalKeys? SignalKeysFrom(KeySettings keys, List<string> errors)
    {
        try
        {
            return keys.SignalsCurrent is { } current ? SignalKeys.FromPem(current, keys.SignalsPrevious) : null;
        }
        catch (SigningKeyException error)
        {
            errors.Add(error.Message);
            return null;
        }
    }

    private static SigningKeyRing? GrantKeysFrom(KeySettings keys, List<string> errors)
    {
        if (keys.GrantCurrent is null)
        {
            errors.Add("Gating:Keys:GrantCurrent is missing");
            return null;
        }

        try
        {
            return SigningKeyRing.FromPem(keys.GrantCurrent, keys.GrantNext, keys.GrantPrevious);
        }
        catch (SigningKeyException error)
        {
            errors.Add(error.Message);
            return null;
        }
    }
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

/// <summary>Keys of a developer's machine: made when missing, kept in a folder, refused anywhere else.</summary>
internal static class DevelopmentKeys
{
    public static KeySettings Complete(GateSettings settings, List<string> errors)
    {
        var keys = settings.Keys;
        if (keys.DevelopmentFolder is not { } folder)
        {
            return keys;
        }

        if (!settings.Development)
        {
            errors.Add("Gating:Keys:DevelopmentFolder is set, and Gating:Development is off");
            return keys;
        }

        Directory.CreateDirectory(folder);
        return new()
        {
            Data = keys.Data ?? KeptIn(Path.Combine(folder, "data.key"), static () => Convert.ToBase64String(RandomNumberGenerator.GetBytes(OperatorKey.Size))),
            GrantCurrent = keys.GrantCurrent ?? KeptIn(Path.Combine(folder, "grant.pem"), NewGrantKey),
            GrantNext = keys.GrantNext,
            GrantPrevious = keys.GrantPrevious,
            LogCurrent = keys.LogCurrent ?? KeptIn(Path.Combine(folder, "log.key"), () => LogConfiguration.NewKey(LogConfiguration.OriginOf(settings)!)),
            LogEcdsa = keys.LogEcdsa,
            LogVault = keys.LogVault,
            LogFormer = keys.LogFormer,
            SignalsCurrent = keys.SignalsCurrent ?? KeptIn(Path.Combine(folder, "signals.pem"), NewSignalKey),
            SignalsPrevious = keys.SignalsPrevious,
        };
    }

    private static string NewGrantKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportPkcs8PrivateKeyPem();
    }

    private static string NewSignalKey()
    {
        using var key = RSA.Create(2048);
        return key.ExportPkcs8PrivateKeyPem();
    }

    // Written beside and moved into place: a crash leaves no half key under the final name.
    private static string KeptIn(string path, Func<string> make)
    {
        if (!File.Exists(path))
        {
            var beside = $"{path}.{Environment.ProcessId}";
            File.WriteAllText(beside, make());
            try
            {
                File.Move(beside, path, overwrite: false);
            }
            catch (IOException) when (File.Exists(path))
            {
                // Another process was first; its key is the one.
                File.Delete(beside);
            }
        }

        return File.ReadAllText(path).Trim();
    }
}
