using System.Text.Json;
using Gating.Ledger;
using Gating.Registry.Reading;

namespace Gating.Registry;

/// <summary>What can be stopped.</summary>
public enum RegistryKind
{
    App = 1,
    Tool = 2,
    Issuer = 3,
    Moderator = 4,

    /// <summary>A public key, by its thumbprint (RFC 7638), whoever uses it for what: nothing is registered under that name.</summary>
    Key = 5,
}

/// <summary>
/// A stop that stands on an app, a tool, an issuer, a moderator or a key, whatever its own row says: it is open again when no stop stands on it any more and its row is active. One that names nothing registered is kept all the same: what is registered under that
/// name later is stopped.
/// </summary>
/// <param name="From">Whole milliseconds; before that it stops nothing. Null: from its being written on.</param>
public sealed record RegistryStop(KeyHash Id, RegistryKind Kind, string Name, DateTimeOffset? From = null)
{
    public RegistryRow ToRow()
    {
        using var json = JsonDocument.Parse(JsonBytes.OfObject(this, static (json, stop) =>
        {
            json.WriteString("id"u8, stop.Id.ToString());
            json.WriteString("kind"u8, stop.Kind.Word());
            json.WriteString("name"u8, stop.Name);
            if (stop.From is { } from)
            {
                json.WriteString("from"u8, Rfc3339.Text(from));
            }
        }));
        return RowReader.Write(RegistryWords.Stop, Id.ToString(), json.RootElement);
    }
}

/// <summary>The words for kinds of rows.</summary>
public static class RegistryKinds
{
    /// <summary>No discard: a kind without a word does not compile.</summary>
    public static string Word(this RegistryKind kind) => kind switch
    {
        RegistryKind.App => RegistryWords.App,
        RegistryKind.Tool => RegistryWords.Tool,
        RegistryKind.Issuer => RegistryWords.Issuer,
        RegistryKind.Moderator => RegistryWords.Moderator,
        RegistryKind.Key => RegistryWords.Key,
    };
}
