using Gating.Mutants.Compiling;
using Gating.Mutants.Running;

namespace Gating.Mutants;

/// <summary>What became of a mutant.</summary>
/// <param name="By">The guard that failed; null where all passed: the mutant survived.</param>
/// <param name="Why">How it failed.</param>
internal sealed record Fate(Mutant Mutant, Guard? By, string? Why);

/// <summary>Makes each mutant once and runs its guards against it, one after another; answers are kept, whoever asks first.</summary>
internal sealed class Laboratory : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gating-mutants-");
    private readonly Lazy<GatingSource> _source = new(GatingSource.Load);
    private readonly Lazy<(string Path, byte[] Bytes)> _image;
    private readonly Dictionary<(string Rule, string Change), Fate> _fates = [];
    private readonly Dictionary<Guard, GuardVerdict> _baseline = [];
    private GuardProcess? _unchanged;
    private ChangingProcess? _changing;
    private int _whole;

    public Laboratory() => _image = new(() =>
    {
        var bytes = _source.Value.Emit(_source.Value.Compilation);
        return (Image("unchanged", bytes), bytes);
    });

    /// <summary>The guard against the source as it is, compiled in the same way: a guard that fails always guards nothing.</summary>
    public async Task<GuardVerdict> BaselineAsync(Guard guard)
    {
        if (!_baseline.TryGetValue(guard, out var verdict))
        {
            verdict = await UnchangedAsync(guard);

            // Seen once, on a machine that did much else: the process was gone, and nobody knows why. A guard that breaks it breaks the next one too.
            _baseline[guard] = verdict = verdict.BrokeDown ? await UnchangedAsync(guard) : verdict;
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
            _source.Value.PlaceOf(mutant);
            return null;
        }
        catch (InvalidOperationException error)
        {
            return error.Message;
        }
    }

    /// <summary>How they were made.</summary>
    public string Makings => $"{_fates.Count - _whole} made in a running process, {_whole} compiled whole";

    public void Dispose()
    {
        _unchanged?.Dispose();
        _changing?.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task<Fate> ExposeAsync(Mutant mutant)
    {
        if (_changing is null or { HasEnded: true })
        {
            _changing?.Dispose();
            _changing = new(_image.Value.Path, new(_source.Value, _image.Value.Bytes));
        }

        var first = _changing.IsNew;
        if (await _changing.ExposeAsync(mutant) is not { } fate)
        {
            return await ExposeWholeAsync(mutant);
        }

        // Where the guard does not pass on the source either, an earlier mutant spoilt that process, or this one did: a new one tells.
        return first || !_changing.HasEnded ? fate : await ExposeAsync(mutant);
    }

    private async Task<Fate> ExposeWholeAsync(Mutant mutant)
    {
        _whole++;
        using var process = new GuardProcess(Image($"mutant-{_whole}", _source.Value.Emit(_source.Value.Change(mutant).Source)), GuardProcess.ShortWait);
        return await process.ExposeAsync(mutant);
    }

    private string Image(string name, byte[] image)
    {
        var folder = _folder.CreateSubdirectory(name);
        var path = Path.Combine(folder.FullName, "Gating.dll");
        File.WriteAllBytes(path, image);
        return path;
    }

    private async Task<GuardVerdict> UnchangedAsync(Guard guard)
    {
        if (_unchanged is { HasEnded: true })
        {
            _unchanged.Dispose();
            _unchanged = null;
        }

        _unchanged ??= new(_image.Value.Path, GuardProcess.LongWait);
        return await _unchanged.RunAsync(new(guard));
    }
}
