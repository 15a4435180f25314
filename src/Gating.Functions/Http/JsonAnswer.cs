using System.Text.Json;

namespace Gating.Functions.Http;

/// <summary>Writes small JSON answers in one piece: with a length, never cached, never sniffed.</summary>
internal static class JsonAnswer
{
    public static Task WriteAsync<TState>(
        HttpResponse response, int status, string contentType, TState state, Action<Utf8JsonWriter, TState> members, CancellationToken cancellation)
    {
        var answer = JsonBytes.OfObject(state, members);
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = answer.Length;
        if (response.Headers.CacheControl.Count == 0)
        {
            response.Headers.CacheControl = "no-store";
        }

        return response.Body.WriteAsync(answer, cancellation).AsTask();
    }
}

/// <summary>Media types of our answers.</summary>
internal static class MediaTypes
{
    public const string Json = "application/json";
    public const string Problem = "application/problem+json";
    public const string JwkSet = "application/jwk-set+json";
    public const string Introspection = "application/token-introspection+jwt";
    public const string StatusList = "application/statuslist+jwt";
}
