namespace Gating.Benchmarks.Ratios;

/// <summary>How much is measured. Quick: enough to see that everything runs, too short to believe.</summary>
internal sealed record RatioOptions(bool Quick, bool Growth, bool Json)
{
    /// <summary>Of the interleaved segments.</summary>
    public int Rounds => Quick ? 2 : 6;

    public double SegmentSeconds => Quick ? 0.5 : 2;

    /// <summary>Of each segment, before anything is measured: tiered JIT needs it.</summary>
    public double WarmUpSeconds => Quick ? 1 : 6;

    public int Persons => Quick ? 200 : 1000;

    public int Starts { get; init; } = Quick ? 2 : 7;

    public long MemoryGrants { get; init; } = Quick ? 4_000 : 100_000;

    public int ExactUnits => Quick ? 300 : 2_000;

    public int ExactRuns => Quick ? 1 : 3;

    public int GrowthRows => Quick ? 20_000 : 1_000_000;

    public static RatioOptions? Parse(string[] options) =>
        options.All(option => option is "--quick" or "--growth" or "--json")
            ? new(options.Contains("--quick"), options.Contains("--growth"), options.Contains("--json"))
            : null;
}
