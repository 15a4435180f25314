using System.Collections.Immutable;
using System.Text.Json;
using Gating.Registry.Reading;

namespace Gating.Registry.Changes;

/// <summary>What an admin wants of an item.</summary>
public abstract record ItemEdit
{
    private ItemEdit()
    {
    }

    /// <summary>It is to be as this JSON says: an item as the seed file has it, without what apps log in with, which stays as it is.</summary>
    public sealed record Put(ReadOnlyMemory<byte> Json) : ItemEdit
    {
        /// <summary>Bytes of JSON that are read at most.</summary>
        public const int MaxSize = 256 * 1024;
    }

    public sealed record Remove : ItemEdit;

    /// <summary>The app may log in with one more.</summary>
    public sealed record AddSecret(string Secret) : ItemEdit;

    /// <summary>The app may not log in with that one any more.</summary>
    public sealed record RemoveSecret(string Fingerprint) : ItemEdit;
}

/// <summary>What comes of an edit of one row: pure, on values. Whether the whole registry is valid with it is looked at besides.</summary>
/// <param name="Row">As it would be; null: gone.</param>
/// <param name="Errors">What is wrong with the edit itself.</param>
internal sealed record EditedItem(RegistryRow? Row, ChangeRefusal? Refusal, ImmutableArray<RegistryError> Errors)
{
    private const int MaxDepth = 16;

    public static EditedItem Of(RegistryItem item, RegistryRow? stored, ItemEdit edit) => edit switch
    {
        ItemEdit.Put put => OfPut(item, stored, put),
        _ when stored is null => new(null, ChangeRefusal.NotRegistered, []),
        ItemEdit.AddSecret add => OfSecrets(item, stored, digests => digests.Count == AppSecrets.Most ? null : [.. digests, AppSecrets.DigestOf(add.Secret)], ChangeRefusal.SecretsFull),
        ItemEdit.RemoveSecret gone => OfSecrets(
            item, stored, digests => digests.RemoveAll(digest => string.Equals(AppSecrets.FingerprintOf(digest), gone.Fingerprint, StringComparison.Ordinal)) == 0 ? null : digests, ChangeRefusal.SecretUnknown),
        _ => new(null, null, []),
    };

    private static EditedItem OfPut(RegistryItem item, RegistryRow? stored, ItemEdit.Put put)
    {
        var (row, errors) = JsonBody.Read(put.Json, ItemEdit.Put.MaxSize, MaxDepth, root =>
        {
            if (root.Value.TryGetProperty(AppSecrets.Member, out var digests))
            {
                root.Member(AppSecrets.Member, digests).RefuseAs("a member that is not written here", "secrets are made, and taken away, at the app's own /secrets");
            }

            using var before = stored is null ? null : JsonDocument.Parse(stored.Json);
            return before is null ? RowOf(item, root.Value, default)
                : IsSame(before.RootElement.GetProperty(item.Kind), root.Value) ? stored!
                : RowOf(item, root.Value, SecretsOf(before, item));
        });
        return new(row, null, errors);
    }

    private static EditedItem OfSecrets(RegistryItem item, RegistryRow stored, Func<List<byte[]>, List<byte[]>?> change, ChangeRefusal otherwise)
    {
        using var before = JsonDocument.Parse(stored.Json);
        var app = before.RootElement.GetProperty(item.Kind);
        if (change([.. AppSecrets.DigestsIn(app)]) is not { } digests)
        {
            return new(null, otherwise, []);
        }

        using var written = JsonDocument.Parse(JsonSerializer.SerializeToUtf8Bytes(digests.Select(Convert.ToHexStringLower)));
        return new(RowOf(item, app, digests.Count == 0 ? default : written.RootElement), null, []);
    }

    private static JsonElement SecretsOf(JsonDocument stored, RegistryItem item) => stored.RootElement.GetProperty(item.Kind).TryGetProperty(AppSecrets.Member, out var digests) ? digests : default;

    /// <summary>In whatever order, and whatever the app logs in with.</summary>
    private static bool IsSame(JsonElement stored, JsonElement wanted)
    {
        using var open = JsonDocument.Parse(JsonBytes.OfObject(stored, static (json, item) => RegisteredItem.WriteMembers(json, item)));
        return JsonElement.DeepEquals(open.RootElement, wanted);
    }

    private static RegistryRow RowOf(RegistryItem item, JsonElement members, JsonElement digests)
    {
        using var whole = JsonDocument.Parse(JsonBytes.OfObject((members, digests), static (json, parts) =>
        {
            RegisteredItem.WriteMembers(json, parts.members);
            if (parts.digests.ValueKind is JsonValueKind.Array)
            {
                json.WritePropertyName(AppSecrets.Member);
                parts.digests.WriteTo(json);
            }
        }));
        return RowReader.Write(item.Kind, item.Name, whole.RootElement);
    }
}
