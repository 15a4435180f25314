using Gating.Mutants.Compiling;
using Gating.Mutants.Running;

namespace Gating.Mutants;

/// <summary>What became of a mutant.</summary>
/// <param name="By">The guard that failed; null where all passed: the mutant survived.</param>
/// <param name="Why">How it failed.</param>
internal sealed record Fate(Mutant Mutant, Guard? By, string? Why);

/// <summary>Compiles each mutant once and runs its guards against it, one after another; answers are kept, whoever asks first.</summary>
internal sealed class Laboratory : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gating-mutants-");

    // Most guards are the ledger's, and for them a mutant is compiled in half the time.
    private readonly Lazy<GatingSource> _ledger = new(() => GatingSource.Load(["Admission", "Identity", "Ledger", "Registry", "Usage"]));
    private readonly Lazy<GatingSource> _whole = new(() => GatingSource.Load(
        ["Access", "Admission", "Appeals", "Archive", "Clients", "Consents", "Erasure", "Generations", "Grants", "Holds", "Identity", "Ledger", "Log", "Mandates", "Messages", "Moderators", "Registry", "Revocation", "Signals", "StatusLists", "Timelines", "Usage"]));
    private readonly GuardProcess _changed = new(eventuallySeconds: 3);
    private readonly GuardProcess _unchanged = new(eventuallySeconds: 10);
    private readonly Dictionary<(string Rule, string Change), Fate> _fates = [];
    private readonly Dictionary<Guard, GuardVerdict> _baseline = [];

    /// <summary>The guard against the source as it is, compiled in the same way: a guard that fails always guards nothing.</summary>
    public async Task<GuardVerdict> BaselineAsync(Guard guard)
    {
        if (!_baseline.TryGetValue(guard, out var verdict))
        {
            var request = new GuardRequest(Image($"unchanged-{guard.IsOfLedger}", null, guard.IsOfLedger), guard);
            verdict = await _unchanged.RunAsync(request);

            // Seen once, on a machine that did much else: the process was gone, and nobody knows why. A guard that breaks it breaks the next one too.
            _baseline[guard] = verdict = verdict.BrokeDown ? await _unchanged.RunAsync(request) : verdict;
        }

        return verdict;
    }

    public async Task<Fate> FateOfAsync(Mutant mutant)
    {
        if (!_fates.TryGetValue((mutant.Rule, mutant.Change), out var fate))
        {
            _fates[(mutant.Rule, mutant.Change)] = fate = await ExposeAsync(mutant);
        }

        return fate;
    }

    /// <summary>What is wrong with the place that a mutant changes; null where it is there, once.</summary>
    public string? LostPlaceOf(Mutant mutant)
    {
        try
        {
            _whole.Value.PlaceOf(mutant);
            return null;
        }
        catch (InvalidOperationException error)
        {
            return error.Message;
        }
    }

    /// <summary>What all of it has cost so far.</summary>
    public string Cost => FormattableString.Invariant($"{Environment.CpuUsage.TotalTime.TotalSeconds:0} s of processor time to compile, {(_changed.ProcessorTime + _unchanged.ProcessorTime).TotalSeconds:0} s to run guards");

    public void Dispose()
    {
        _changed.Dispose();
        _unchanged.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task<Fate> ExposeAsync(Mutant mutant)
    {
        var image = Image($"mutant-{_fates.Count}", mutant, mutant.Guards.All(static guard => guard.IsOfLedger));
        foreach (var guard in mutant.Guards)
        {
            if (await _changed.RunAsync(new(image, guard)) is { Passed: false } verdict)
            {
                return new(mutant, guard, verdict.Failure);
            }
        }

        return new(mutant, null, null);
    }

    private string Image(string name, Mutant? mutant, bool ofLedger)
    {
        var path = Path.Combine(_folder.FullName, $"{name}.dll");
        if (!File.Exists(path))
        {
            File.WriteAllBytes(path, (ofLedger ? _ledger : _whole).Value.Compile(mutant));
        }

        return path;
    }
}
