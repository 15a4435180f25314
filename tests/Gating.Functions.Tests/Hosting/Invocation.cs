using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gating.Functions.Tests.Hosting;

/// <summary>What the host makes of a handler's answer to a message or a timer.</summary>
internal enum InvocationResult
{
    Success = 1,
    Failure = 2,

    /// <summary>No body: the invocation never completes, and after the function's timeout the handler is killed.</summary>
    Hang = 3,
}

/// <summary>What the host posts for a message and for a timer, byte for byte as it was captured, and how it reads what comes back.</summary>
internal static class Invocation
{
    public const string HostVersion = "4.1037.0";

    // As the host's Newtonsoft.Json writes: nothing escaped that need not be.
    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="count">Of the queue. What the message's own members say overwrites it in the metadata.</param>
    public static string OfMessage(FunctionFile function, byte[] message, string id, long count)
    {
        var metadata = new JsonObject
        {
            ["DequeueCount"] = count.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["ExpirationTime"] = "2026-11-29T01:24:00+00:00",
            ["Id"] = Twice(id),
            ["InsertionTime"] = "2026-11-22T01:24:00+00:00",
            ["NextVisibleTime"] = "2026-11-22T01:34:01+00:00",
            ["PopReceipt"] = Twice("MjJOb3YyMDI2"),
            ["sys"] = Sys(function.Name),
        };
        Merge(metadata, message);
        JsonNode data = function.IsBinary ? Convert.ToBase64String(message) : Twice(Encoding.UTF8.GetString(message));
        return new JsonObject { ["Data"] = new JsonObject { [function.Binding] = data }, ["Metadata"] = metadata }.ToJsonString(Plain);
    }

    public static string OfTimer(FunctionFile function) => new JsonObject
    {
        ["Data"] = new JsonObject
        {
            [function.Binding] = new JsonObject
            {
                ["Schedule"] = new JsonObject { ["AdjustForDST"] = true },
                ["ScheduleStatus"] = new JsonObject { ["Last"] = "0001-01-01T00:00:00+00:00", ["Next"] = "2026-11-22T01:40:00+00:00", ["LastUpdated"] = "0001-01-01T00:00:00+00:00" },
                ["IsPastDue"] = false,
            },
        },
        ["Metadata"] = new JsonObject { ["sys"] = Sys(function.Name) },
    }.ToJsonString(Plain);

    /// <summary>Chunked, under the host's own name, and without a field of those that mark what was proxied.</summary>
    public static HttpRequestMessage Request(Uri handler, string function, string body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(handler, "/" + function)) { Content = new StringContent(body, new MediaTypeHeaderValue("application/json", "utf-8")) };
        request.Headers.TransferEncodingChunked = true;
        request.Headers.TryAddWithoutValidation("User-Agent", $"Azure-Functions-Host/{HostVersion}");
        request.Headers.Add("X-Azure-Functions-HostVersion", HostVersion);
        request.Headers.Add("X-Azure-Functions-InvocationId", Guid.NewGuid().ToString());
        return request;
    }

    public static async Task<InvocationResult> ResultAsync(HttpResponseMessage answer)
    {
        if (!answer.IsSuccessStatusCode)
        {
            return InvocationResult.Failure;
        }

        var body = await answer.Content.ReadAsByteArrayAsync();
        if (answer.StatusCode is HttpStatusCode.NoContent || body.Length == 0)
        {
            return InvocationResult.Hang;
        }

        return answer.Content.Headers.ContentType?.MediaType is "application/json" && IsObject(body) ? InvocationResult.Success : InvocationResult.Failure;
    }

    private static bool IsObject(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind is JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string Twice(string text) => JsonSerializer.Serialize(text, Plain);

    private static JsonObject Sys(string function) => new() { ["MethodName"] = function, ["UtcNow"] = "2026-11-22T01:24:01.1234567Z", ["RandGuid"] = Guid.NewGuid().ToString() };

    // Seen with messages that are text; done here with every message, which is the worst that a host could do.
    private static void Merge(JsonObject metadata, byte[] message)
    {
        JsonObject? own;
        try
        {
            own = JsonNode.Parse(message) as JsonObject;
        }
        catch (JsonException)
        {
            return;
        }

        foreach (var (name, value) in own ?? [])
        {
            if (value is JsonArray or null || name.EndsWith("trigger", StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            var key = metadata.Select(static member => member.Key).FirstOrDefault(key => key.Equals(name, StringComparison.OrdinalIgnoreCase)) ?? name;
            metadata[key] = value is JsonObject ? value.DeepClone() : Twice(value.ToString());
        }
    }
}
