using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gating.Registry.Reading;

namespace Gating.Registry.Changes;

/// <summary>What can be registered: an app, a tool, an issuer, a moderator or the policy, by its name.</summary>
/// <param name="Kind">One of <see cref="App"/>, <see cref="Tool"/>, <see cref="Issuer"/>, <see cref="Moderator"/>, <see cref="Policy"/>.</param>
public readonly record struct RegistryItem(string Kind, string Name)
{
    public const string App = RegistryWords.App;
    public const string Tool = RegistryWords.Tool;
    public const string Issuer = RegistryWords.Issuer;
    public const string Moderator = RegistryWords.Moderator;
    public const string Policy = RegistryWords.Policy;

    internal RegistryRow? In(IReadOnlyList<RegistryRow> rows) => rows.FirstOrDefault(Names);

    internal bool Names(RegistryRow row) => string.Equals(row.Kind, Kind, StringComparison.Ordinal) && string.Equals(row.Name, Name, StringComparison.Ordinal);
}

/// <summary>An item as it stands.</summary>
/// <param name="Open">Its JSON as the seed file has it, without what apps log in with.</param>
/// <param name="Tag">Another for every content and for every change: what a change names as the state that it is about.</param>
/// <param name="Secrets">Of an app: which secrets it may log in with (<see cref="AppSecrets.FingerprintOf"/>).</param>
public sealed record RegisteredItem(RegistryItem Item, ReadOnlyMemory<byte> Open, string Tag, IReadOnlyList<string> Secrets)
{
    public static RegisteredItem Of(RegistryRow row)
    {
        using var json = JsonDocument.Parse(row.Json);
        var item = json.RootElement.GetProperty(row.Kind);
        return new(
            new(row.Kind, row.Name),
            JsonBytes.OfObject(item, static (json, item) => WriteMembers(json, item)),
            TagOf(row),
            [.. AppSecrets.DigestsIn(item).Select(AppSecrets.FingerprintOf)]);
    }

    internal static string TagOf(RegistryRow row) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', row.Kind, row.Name, row.Change.ToString(System.Globalization.CultureInfo.InvariantCulture), row.Json))).AsSpan(0, 16));

    /// <summary>All members but an app's digests of secrets.</summary>
    internal static void WriteMembers(Utf8JsonWriter json, JsonElement item)
    {
        foreach (var member in item.EnumerateObject().Where(static member => !member.NameEquals(AppSecrets.Member)))
        {
            member.WriteTo(json);
        }
    }
}
