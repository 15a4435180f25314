using System.Collections.Immutable;
using System.Text.Json;
using Gating.Registry;
using Microsoft.Net.Http.Headers;

namespace Gating.Functions.Http;

/// <summary>RFC 9457 problem details for everything that is not an OAuth endpoint's own error.</summary>
internal static class Problem
{
    private const string TypePrefix = "urn:gating:problem:";

    /// <summary>A 503 says when to come back.</summary>
    /// <param name="reason">A stable word; with the prefix it is the problem's <c>type</c>.</param>
    /// <param name="errors">Everything that is wrong with a body, each with its place (RFC 6901); none unless that is what was refused.</param>
    public static Task WriteAsync(HttpContext context, int status, string reason, string detail, ImmutableArray<RegistryError> errors = default)
    {
        if (context.Response.HasStarted)
        {
            // Half an answer is out: closing the connection is the only way left to say that it is not whole.
            context.Abort();
            return Task.CompletedTask;
        }

        if (status == StatusCodes.Status503ServiceUnavailable)
        {
            context.Response.Headers.RetryAfter = FaultMiddleware.RetrySeconds;
        }

        // What was said of the answer that did not come to be is not said of this one, least of all for how long it may be kept.
        var headers = context.Response.Headers;
        headers.CacheControl = "no-store";
        headers.Remove(HeaderNames.ETag);
        headers.Remove(HeaderNames.LastModified);
        headers.Remove(HeaderNames.ContentDisposition);
        headers.Remove(HeaderNames.AcceptRanges);
        var trace = FaultMiddleware.TraceId(context);
        return JsonAnswer.WriteAsync(context.Response, status, MediaTypes.Problem, (status, reason, detail, trace, errors), static (json, state) =>
        {
            json.WriteString("type"u8, TypePrefix + state.reason);
            json.WriteString("title"u8, state.detail);
            json.WriteNumber("status"u8, state.status);
            json.WriteString("reason"u8, state.reason);
            json.WriteString("traceId"u8, state.trace);
            if (!state.errors.IsDefault)
            {
                Write(json, state.errors);
            }
        }, context.RequestAborted);
    }

    private static void Write(Utf8JsonWriter json, ImmutableArray<RegistryError> errors)
    {
        json.WriteStartArray("errors"u8);
        foreach (var error in errors)
        {
            json.WriteStartObject();
            json.WriteString("at"u8, error.At);
            json.WriteString("seen"u8, error.Seen);
            json.WriteString("allowed"u8, error.Allowed);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
