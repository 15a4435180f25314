using System.Text.Json;
using Gating.Functions.Http;
using Gating.Signals;

namespace Gating.Functions.Endpoints.Signals;

/// <summary>Streams as JSON (SSF 1.0, sections 7.1 and 8.1). What a receiver wants to be sent as <c>Authorization</c> is never told again.</summary>
internal sealed class StreamAnswers(PublicUrls urls)
{
    public Task WriteConfigurationAsync(HttpContext context) => JsonAnswer.WriteAsync(context.Response, StatusCodes.Status200OK, MediaTypes.Json, urls.Issuer, static (json, issuer) =>
    {
        json.WriteString("spec_version"u8, "1_0"u8);
        json.WriteString("issuer"u8, issuer);
        json.WriteString("jwks_uri"u8, $"{issuer}/ssf/jwks");
        json.WriteStartArray("delivery_methods_supported"u8);
        json.WriteStringValue(SignalReader.Push);
        json.WriteStringValue(SignalReader.Poll);
        json.WriteEndArray();
        json.WriteString("configuration_endpoint"u8, $"{issuer}/ssf/streams");
        json.WriteString("status_endpoint"u8, $"{issuer}/ssf/status");
        json.WriteString("verification_endpoint"u8, $"{issuer}/ssf/verify");
        json.WriteStartArray("authorization_schemes"u8);
        foreach (var scheme in (ReadOnlySpan<string>)["urn:ietf:rfc:7617", "urn:ietf:rfc:7523"])
        {
            json.WriteStartObject();
            json.WriteString("spec_urn"u8, scheme);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("default_subjects"u8, "ALL"u8);
    }, context.RequestAborted);

    public Task WriteAsync(HttpContext context, int status, SignalStream stream) =>
        JsonAnswer.WriteAsync(context.Response, status, MediaTypes.Json, (urls.Issuer, stream), static (json, state) => Write(json, state.Issuer, state.stream), context.RequestAborted);

    /// <summary>A list of it, or of none.</summary>
    public async Task WriteAllAsync(HttpContext context, SignalStream? stream)
    {
        var one = stream is null ? [] : JsonBytes.OfObject((urls.Issuer, stream), static (json, state) => Write(json, state.Issuer, state.stream));
        context.Response.ContentType = MediaTypes.Json;
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.Body.WriteAsync((byte[])[(byte)'[', .. one, (byte)']'], context.RequestAborted);
    }

    public static Task WriteStatusAsync(HttpContext context, SignalStream stream) => JsonAnswer.WriteAsync(context.Response, StatusCodes.Status200OK, MediaTypes.Json, stream, static (json, stream) =>
    {
        json.WriteString("stream_id"u8, stream.Id);
        json.WriteString("status"u8, stream.Status switch
        {
            SignalStatus.Enabled => "enabled"u8,
            SignalStatus.Paused => "paused"u8,
            SignalStatus.Disabled => "disabled"u8,
        });
        if (stream.Reason is not null)
        {
            json.WriteString("reason"u8, stream.Reason);
        }
    }, context.RequestAborted);

    private static void Write(Utf8JsonWriter json, string issuer, SignalStream stream)
    {
        json.WriteString("stream_id"u8, stream.Id);
        json.WriteString("iss"u8, issuer);
        json.WriteString("aud"u8, stream.App);
        json.WriteStartObject("delivery"u8);
        json.WriteString("method"u8, stream.Delivery is SignalDelivery.Push ? SignalReader.Push : SignalReader.Poll);
        json.WriteString("endpoint_url"u8, stream.Delivery is SignalDelivery.Push ? stream.Endpoint!.AbsoluteUri : $"{issuer}/ssf/poll");
        json.WriteEndObject();
        Write(json, "events_supported", SecurityEvents.Supported);
        Write(json, "events_requested", stream.Events);
        Write(json, "events_delivered", stream.Events);
        if (stream.Description is not null)
        {
            json.WriteString("description"u8, stream.Description);
        }
    }

    private static void Write(Utf8JsonWriter json, string member, IEnumerable<string> texts)
    {
        json.WriteStartArray(member);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }
}
