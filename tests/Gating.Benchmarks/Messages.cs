using System.Text.Json.Serialization;

namespace Gating.Benchmarks;

/// <summary>What a load generator is told to do.</summary>
/// <param name="Requests">A file that <see cref="Load.RequestFile"/> wrote.</param>
/// <param name="Ports">Connections are spread over these.</param>
/// <param name="Seconds">How long; with <paramref name="Count"/> at most.</param>
/// <param name="Count">How many requests; 0: as many as fit.</param>
/// <param name="StopAt">Each connection ends when it is answered with this status; 0: none does.</param>
internal sealed record LoadOrder(string Requests, int[] Ports, int Connections, double Seconds, long Count, int StopAt);

/// <param name="Ok">Answered with 200 to 299.</param>
/// <param name="Median">Milliseconds, of the ok ones; so are the others.</param>
internal sealed record LoadReport(long Ok, Dictionary<int, long> Others, double Seconds, double Median, double P99, double Longest, double GeneratorCpuSeconds)
{
    [JsonIgnore]
    public double Rate => Ok / Seconds;

    [JsonIgnore]
    public bool IsClean => Others.Count == 0 && Ok > 0;

    public override string ToString() => $"{Ok} ok, others [{string.Join(", ", Others.Select(pair => $"{pair.Key}: {pair.Value}"))}], p50 {Median:F2} ms, p99 {P99:F2} ms";
}

/// <summary>What a server process is told: where storage is, and on which ports to listen.</summary>
/// <param name="Seed">The registry file.</param>
/// <param name="KeyFolder">Development keys.</param>
/// <param name="RawPartitions">Partitions that raw transactions are spread over.</param>
internal sealed record ServerSettings(
    string Tables, string Queues, string Blobs, string Prefix, string Seed, string KeyFolder, string Jwks, int RawPartitions, int FloorPort, GatePorts Stubbed, GatePorts Stored);

/// <summary>A gate that verifies each token that it is shown, and the gate as it is deployed, which remembers whose signature verified.</summary>
internal sealed record GatePorts(int Verifying, int Deployed);

/// <summary>"I serve."</summary>
internal sealed record Ready(bool Serves);

[JsonSerializable(typeof(LoadOrder))]
[JsonSerializable(typeof(LoadReport))]
[JsonSerializable(typeof(ServerSettings))]
[JsonSerializable(typeof(Ready))]
internal sealed partial class Messages : JsonSerializerContext;
