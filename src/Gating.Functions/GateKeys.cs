using System.Security.Cryptography;
using Gating.Grants;
using Gating.Identity.Jose;
using Gating.Ledger;
using Gating.Log.Sealing;
using Gating.Signals;

namespace Gating.Functions;

/// <summary>Every key of the gate.</summary>
/// <param name="Signals">Null: no security events are sent.</param>
internal sealed record GateKeys(OperatorKey Data, SigningKeyRing Grants, SignalKeys? Signals, LogKeys Log)
{
    /// <summary>Adds every error to <paramref name="errors"/>; null where there is one. Waits for the vault where the data key is wrapped for one of its keys.</summary>
    public static GateKeys? Read(GateSettings settings, List<string> errors) => Read(settings, errors, Composition.Unwrap);

    /// <inheritdoc cref="Read(GateSettings, List{string})"/>
    /// <param name="unwrap">What was wrapped, by the key at an address, as the identity of that id; null where it is no address. Throws <see cref="StorageUnavailableException"/>.</param>
    internal static GateKeys? Read(GateSettings settings, List<string> errors, Func<string, string?, byte[], byte[]?> unwrap)
    {
        var keys = DevelopmentKeys.Complete(settings, errors);
        var data = keys.DataVault is { } wrapped ? UnwrappedFrom(wrapped, keys.Data, settings.Storage.ClientId, unwrap, errors) : DataFrom(keys.Data, errors);
        var grants = GrantsFrom(keys, errors);
        var signals = SignalsFrom(keys, errors);
        var log = LogConfiguration.From(settings, keys, data, errors);
        return errors.Count == 0 ? new(data!, grants!, signals, log!) : null;
    }

    private static OperatorKey? UnwrappedFrom(string setting, string? other, string? clientId, Func<string, string?, byte[], byte[]?> unwrap, List<string> errors)
    {
        if (other is not null)
        {
            errors.Add("Gating:Keys:Data and Gating:Keys:DataVault are both set, and there is one data key");
            return null;
        }

        try
        {
            if (setting.Split(' ') is [var text, var place] && StrictBase64Url.Decode(text) is { Length: >= 256 and <= 512 } wrapped && unwrap(place, clientId, wrapped) is { } key)
            {
                return new(key);
            }

            errors.Add("Gating:Keys:DataVault is not a wrapped key in base64url, a space, and https://…/keys/name/version of a vault");
        }
        catch (StorageUnavailableException error)
        {
            errors.Add($"Gating:Keys:DataVault cannot be opened. {error.Message}");
        }

        return null;
    }

    private static OperatorKey? DataFrom(string? value, List<string> errors)
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
    private static SignalKeys? SignalsFrom(KeySettings keys, List<string> errors)
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

    private static SigningKeyRing? GrantsFrom(KeySettings keys, List<string> errors)
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

/// <summary>
/// Reads the keys while the rest of the app is composed: that takes as long as a sixth of a start, most of it the cryptographic library's own. Whoever needs one waits for it.
/// </summary>
internal sealed class KeyReading
{
    private readonly Lazy<(GateKeys? Keys, List<string> Errors)> _read;

    private KeyReading(GateSettings settings) => _read = new(() =>
    {
        var errors = new List<string>();
        return (GateKeys.Read(settings, errors), errors);
    });

    public IReadOnlyList<string> Errors => _read.Value.Errors;

    /// <summary>Throws <see cref="ConfigurationException"/> listing everything that is wrong with them.</summary>
    public GateKeys Keys => _read.Value.Keys ?? throw new ConfigurationException(_read.Value.Errors);

    public static KeyReading Begin(GateSettings settings)
    {
        var reading = new KeyReading(settings);

        // What it throws, whoever asks for the keys is thrown too.
        _ = Task.Run(() => reading._read.Value);
        return reading;
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
            Data = keys.Data ?? (keys.DataVault is null ? KeptIn(Path.Combine(folder, "data.key"), static () => Convert.ToBase64String(RandomNumberGenerator.GetBytes(OperatorKey.Size))) : null),
            DataVault = keys.DataVault,
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

    internal static string NewGrantKey()
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
