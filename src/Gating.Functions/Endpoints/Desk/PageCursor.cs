using System.Collections.Immutable;
using System.Text.Json;
using Gating.Access;
using Gating.Functions.Http;

namespace Gating.Functions.Endpoints.Desk;

/// <summary>Where a page of a list at the desk begins: <c>?cursor=</c> with the letter of the list and a number, as the answer before gave it.</summary>
internal static class PageCursor
{
    /// <summary>No parameter at all is the first page.</summary>
    public static bool TryRead(HttpContext context, char kind, out long? before)
    {
        before = null;
        if (context.Request.Query.Count == 0)
        {
            return true;
        }

        if (context.Request.Query is not { Count: 1 } query || query["cursor"] is not [var text] || !DeskNumber.TryParse(text, kind, out var seq))
        {
            return false;
        }

        before = seq;
        return true;
    }

    /// <summary>Where the next page is, for who follows links (RFC 8288).</summary>
    /// <param name="next">Its cursor; null: there is none.</param>
    public static void Link(HttpContext context, string path, string? next)
    {
        if (next is not null)
        {
            context.Response.Headers.Link = $"<{path}?cursor={next}>; rel=\"next\"";
        }
    }

    /// <summary>The same, for who reads the answer.</summary>
    public static void Write(Utf8JsonWriter json, string? next)
    {
        if (next is not null)
        {
            json.WriteString("next"u8, next);
        }
    }

    /// <summary>A page of a list: each item an object, and where the next page is.</summary>
    public static Task WriteAsync<T>(HttpContext context, string path, string member, ImmutableArray<T> items, string? next, Action<Utf8JsonWriter, T> write)
    {
        Link(context, path, next);
        return JsonAnswer.WriteAsync(context.Response, StatusCodes.Status200OK, MediaTypes.Json, (member, items, next, write), static (json, page) =>
        {
            json.WriteStartArray(page.member);
            foreach (var item in page.items)
            {
                json.WriteStartObject();
                page.write(json, item);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            Write(json, page.next);
        }, context.RequestAborted);
    }

    public static Task RefuseAsync(HttpContext context) =>
        Problem.WriteAsync(context, StatusCodes.Status400BadRequest, "question_malformed", "There is one parameter, cursor, and its value is one that an answer here gave you.");
}
