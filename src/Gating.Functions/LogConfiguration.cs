using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Gating.Ledger;
using Gating.Log.Notes;
using Gating.Log.Sealing;
using Gating.Log.Witnesses;

namespace Gating.Functions;

/// <summary>Who the log is, from the settings.</summary>
internal static class LogConfiguration
{
    /// <summary>Origin of a log on a developer's machine, whose port may be another tomorrow.</summary>
    private const string DevelopmentOrigin = "localhost/log";

    /// <summary>What the log is called in its checkpoints: where it is served, without the scheme. Null where that cannot be known, which is an error of its own.</summary>
    public static string? OriginOf(GateSettings settings) =>
        settings.Log.Origin ?? (settings.Development ? DevelopmentOrigin : Uri.TryCreate(settings.PublicUrl, UriKind.Absolute, out var url) ? $"{url.Authority}/log" : null);

    /// <summary>Adds every error to <paramref name="errors"/>; null where there is one.</summary>
    public static LogKeys? From(GateSettings settings, KeySettings keys, OperatorKey? data, List<string> errors)
    {
        var origin = OriginOf(settings);
        var signers = ImmutableArray.CreateBuilder<INoteSigner>();
        AddEd25519(signers, keys.LogCurrent, errors);
        AddEcdsa(signers, keys.LogEcdsa, origin, errors);
        AddVault(signers, keys.LogVault, origin, settings.Storage.ClientId, errors);
        if (origin is not null && signers is [{ Key.Name: var name }, ..] && !string.Equals(name, origin, StringComparison.Ordinal))
        {
            errors.Add($"Gating:Keys:LogCurrent is a key of '{name}', and the log is '{origin}'");
        }

        var former = FormerFrom(keys.LogFormer, errors);
        return errors.Count == 0 && origin is not null && data is not null ? new(origin, data, signers.ToImmutable(), former) : null;
    }

    /// <summary>A fresh key for the log of that name.</summary>
    public static string NewKey(string origin) => Ed25519NoteSigner.Generate(origin);

    private static void AddEd25519(ImmutableArray<INoteSigner>.Builder signers, string? key, List<string> errors)
    {
        try
        {
            if (Ed25519NoteSigner.Parse(key) is { } signer)
            {
                signers.Add(signer);
            }
            else
            {
                errors.Add(key is null ? "Gating:Keys:LogCurrent is missing" : "Gating:Keys:LogCurrent is not a key of the form PRIVATE+KEY+name+id+base64");
            }
        }
        catch (Ed25519UnavailableException error)
        {
            errors.Add(error.Message);
        }
    }

    [SuppressMessage("Reliability", "CA2000", Justification = "The signer owns the key, for the life of the process.")]
    private static void AddEcdsa(ImmutableArray<INoteSigner>.Builder signers, string? pem, string? origin, List<string> errors)
    {
        if (pem is null || origin is null)
        {
            return;
        }

        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            signers.Add(new EcdsaNoteSigner(origin, key));
        }
        catch (Exception error) when (error is ArgumentException or CryptographicException)
        {
            key.Dispose();
            errors.Add("Gating:Keys:LogEcdsa is not the PEM of a private key on P-256");
        }
    }

    private static void AddVault(ImmutableArray<INoteSigner>.Builder signers, string? setting, string? origin, string? clientId, List<string> errors)
    {
        if (setting is null || origin is null)
        {
            return;
        }

        if (setting.Split(' ') is not [var text, var place] || NoteKey.Parse(text) is not { Algorithm: NoteAlgorithm.EcdsaP256 } key || !string.Equals(key.Name, origin, StringComparison.Ordinal)
            || Composition.VaultSigner(key, place, clientId) is not { } signer)
        {
            errors.Add($"Gating:Keys:LogVault is '{setting}', not the key of '{origin}' of the form name+id+base64 (type 2), a space, and https://…/keys/name/version of a vault");
            return;
        }

        signers.Add(signer);
    }

    /// <summary>Pairs of a key and an address. Adds every error to <paramref name="errors"/>.</summary>
    public static ImmutableArray<Witness> WitnessesFrom(GateSettings settings, List<string> errors)
    {
        var witnesses = ImmutableArray.CreateBuilder<Witness>();
        foreach (var pair in (settings.Log.Witnesses?.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? []).Chunk(2))
        {
            if (pair is not [var text, var place] || NoteKey.Parse(text) is not { Algorithm: NoteAlgorithm.CosignatureV1 } key || witnesses.Any(witness => witness.Key.Id == key.Id)
                || !Uri.TryCreate(place, UriKind.Absolute, out var address)
                || !(string.Equals(address.Scheme, Uri.UriSchemeHttps, StringComparison.Ordinal) || (settings.Development && address is { Scheme: "http", IsLoopback: true })))
            {
                errors.Add($"Gating:Log:Witnesses has '{string.Join(' ', pair)}', which is not a witness's own key of the form name+id+base64 (type 4) and an https address");
                continue;
            }

            witnesses.Add(new(address, key));
        }

        return witnesses.ToImmutable();
    }

    private static ImmutableArray<NoteKey> FormerFrom(string? keys, List<string> errors)
    {
        var former = ImmutableArray.CreateBuilder<NoteKey>();
        foreach (var text in keys?.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [])
        {
            if (NoteKey.Parse(text) is { } key)
            {
                former.Add(key);
            }
            else
            {
                errors.Add($"Gating:Keys:LogFormer has '{text}', which is not a key of the form name+id+base64");
            }
        }

        return former.ToImmutable();
    }
}
