using Gating.Mutants.Compiling;
using Gating.Mutants.Running;

namespace Gating.Mutants;

/// <summary>A process that is one mutant after another, and between two of them the source as it is.</summary>
internal sealed class ChangingProcess(string image, RunningChanges changes) : IDisposable
{
    private readonly GuardProcess _process = new(image, GuardProcess.ShortWait);

    /// <summary>It has been no mutant yet.</summary>
    public bool IsNew { get; private set; } = true;

    /// <summary>A mutant ended it, or left it such that the guard did not pass on the source either.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Null where the mutant has to be compiled as a whole.</summary>
    public async Task<Fate?> ExposeAsync(Mutant mutant)
    {
        if (changes.Of(mutant) is not { } steps)
        {
            return null;
        }

        IsNew = false;
        var fate = await _process.ExposeAsync(mutant, steps.There);
        HasEnded = _process.HasEnded || !(await _process.RunAsync(new(fate.By ?? mutant.Guards[0], steps.Back))).Passed;
        return fate;
    }

    public void Dispose() => _process.Dispose();
}
