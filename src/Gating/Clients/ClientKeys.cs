using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;
using Gating.Identity.Jose;
using Gating.Registry;

namespace Gating.Clients;

/// <summary>The keys of an app or a moderator, read once per registry snapshot: they hang on its record and go with it.</summary>
internal static class ClientKeys
{
    private const int MaxJwkDepth = 8;
    private static readonly ConditionalWeakTable<object, KeySet> Read = [];

    public static KeySet Of(App app) => Read.GetValue(app, static of => of is App app ? ReadAll(app.Keys, app.StoppedKeys) : throw new System.Diagnostics.UnreachableException());

    public static KeySet Of(Moderator moderator) => Read.GetValue(moderator, static of => of is Moderator moderator ? ReadAll(moderator.Keys, moderator.StoppedKeys) : throw new System.Diagnostics.UnreachableException());

    // The registry's key id and algorithm hold, whatever the JWK says of itself; where the two contradict each other, or somebody stopped it, the key is good for nothing.
    private static KeySet ReadAll(ImmutableArray<ClientKey> keys, FrozenSet<string> stopped)
    {
        var usable = ImmutableArray.CreateBuilder<VerificationKey>();
        var unfit = ImmutableArray.CreateBuilder<string>();
        foreach (var registered in keys)
        {
            if (ReadOne(registered) is { } key && !stopped.Contains(key.Thumbprint))
            {
                usable.Add(key);
            }
            else
            {
                unfit.Add(registered.KeyId);
            }
        }

        return new KeySet(usable.DrainToImmutable(), unfit.DrainToImmutable());
    }

    private static VerificationKey? ReadOne(ClientKey registered)
    {
        if (SigningAlgorithms.Parse(registered.Algorithm) is not { } algorithm
            || !StrictJson.TryParseObject(Encoding.UTF8.GetBytes(registered.Jwk), MaxJwkDepth, out var document))
        {
            return null;
        }

        using (document)
        {
            return Jwk.Read(document.RootElement, out var key) is null && key.Fits(algorithm) ? key.Restricted(registered.KeyId, algorithm) : null;
        }
    }
}
