using System.Globalization;
using System.Text.Json;

namespace Gating.Functions.Tests.Hosting;

/// <summary>What the host reads in <c>host.json</c>, with its own defaults where that is silent.</summary>
/// <param name="VisibilityTimeout">How long a message is hidden after it failed, and only then.</param>
internal sealed record HostSettings(string Executable, string RoutePrefix, TimeSpan FunctionTimeout, int BatchSize, int MaxDequeueCount, TimeSpan VisibilityTimeout, bool IsBase64)
{
    public static HostSettings Read(string folder)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "host.json")));
        var root = document.RootElement;
        Demand(root.GetProperty("version").ValueEquals("2.0"), "host.json's version is 2.0");
        var bundle = root.GetProperty("extensionBundle");
        Demand(bundle.GetProperty("id").ValueEquals("Microsoft.Azure.Functions.ExtensionBundle"), "queue triggers are in the extension bundle");
        Demand(bundle.GetProperty("version").ValueEquals("[4.*, 5.0.0)"), "the bundle that has the storage extension 5");
        var handler = root.GetProperty("customHandler");
        Demand(handler.GetProperty("enableProxyingHttpRequest").GetBoolean(), "this host only proxies");
        var queues = root.GetProperty("extensions").GetProperty("queues");
        return new(
            handler.GetProperty("description").GetProperty("defaultExecutablePath").GetString()!,
            root.GetProperty("extensions").GetProperty("http").GetProperty("routePrefix").GetString()!,
            Time(root, "functionTimeout") ?? TimeSpan.FromMinutes(30),
            queues.TryGetProperty("batchSize", out var batch) ? batch.GetInt32() : 16,
            queues.TryGetProperty("maxDequeueCount", out var most) ? most.GetInt32() : 5,
            Time(queues, "visibilityTimeout") ?? TimeSpan.Zero,
            !queues.TryGetProperty("messageEncoding", out var encoding) || encoding.ValueEquals("base64"));
    }

    private static TimeSpan? Time(JsonElement of, string name) => of.TryGetProperty(name, out var value) ? TimeSpan.Parse(value.GetString()!, CultureInfo.InvariantCulture) : null;

    private static void Demand(bool isSo, string what)
    {
        if (!isSo)
        {
            throw new InvalidOperationException($"The Functions host would not start: {what}.");
        }
    }
}
