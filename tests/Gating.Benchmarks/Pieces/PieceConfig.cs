using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Gating.Benchmarks.Pieces;

/// <summary>Short, and in this process: a generated project would not restore under central package versions.</summary>
public sealed class PieceConfig : ManualConfig
{
    public PieceConfig()
    {
        AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
        AddDiagnoser(MemoryDiagnoser.Default);
    }
}
