using System.Text;
using Gating.Mutants.Rules;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Gating.Mutants;

/// <summary>Each rule of the ledger, of the log, of what is leased from them and of what takes away what they name, broken on purpose, fails the test that guards it.</summary>
public sealed class LedgerRulesTests : IClassFixture<LedgerRulesTests.Shared>
{
    private static readonly Mutant[] All =
    [
        .. CommitMutants.All, .. ConflictMutants.All, .. AnnounceMutants.All, .. KeyMutants.All, .. RefusalMutants.All, .. ChainMutants.All, .. NameMutants.All, .. RemovalMutants.All, .. LogMutants.All, .. TimelineMutants.All, .. ChangeMutants.All, .. ConsentMutants.All, .. ModerationMutants.All, .. StoppedKeyMutants.All, .. SignatureMutants.All, .. TimedStopMutants.All, .. BulkMutants.All, .. AppealMutants.All, .. EventMutants.All, .. LeaseMutants.All, .. ShadowMutants.All, .. StatusListMutants.All, .. ErasureMutants.All,
    ];

    private readonly Laboratory _laboratory;
    private readonly ITestOutputHelper _output;

    public LedgerRulesTests(Shared shared, ITestOutputHelper output)
    {
        ArgumentNullException.ThrowIfNull(shared);
        (_laboratory, _output) = (shared.Laboratory, output);
    }

    public static TheoryData<string, string> Broken
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var mutant in All)
            {
                data.Add(mutant.Rule, mutant.Change);
            }

            return data;
        }
    }

    public static TheoryData<string> Guards => [.. All.SelectMany(mutant => mutant.Guards).Select(guard => guard.ToString()).Distinct()];

    /// <summary>Seconds, where the mutants themselves take minutes: what a change of the source has taken from under them.</summary>
    [Fact]
    public void Every_mutant_has_its_one_place() => All.Select(_laboratory.LostPlaceOf).OfType<string>().ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Guards))]
    public Task The_guard_passes_on_the_source_as_it_is(string guard) => RequirePassedAsync(All.SelectMany(mutant => mutant.Guards).First(one => one.ToString() == guard));

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task A_broken_rule_fails_its_guard(string rule, string change)
    {
        var mutant = All.Single(mutant => mutant.Rule == rule && mutant.Change == change);
        foreach (var guard in mutant.Guards)
        {
            await RequirePassedAsync(guard);
        }

        var fate = await _laboratory.FateOfAsync(mutant);
        _output.WriteLine(Line(fate));
        fate.By.ShouldNotBeNull($"{mutant.File}: \"{mutant.Change}\" breaks \"{mutant.Rule}\", and {string.Join(", ", mutant.Guards.AsEnumerable())} did not notice.");
    }

    [Fact]
    public async Task Every_mutant_is_killed()
    {
        var table = new StringBuilder();
        var survivors = 0;
        foreach (var mutant in All)
        {
            var fate = await _laboratory.FateOfAsync(mutant);
            survivors += fate.By is null ? 1 : 0;
            table.AppendLine(Line(fate));
        }

        _output.WriteLine($"{All.Length} mutants, {survivors} survived; {_laboratory.Makings}\nrule | mutant | guard | fate\n{table}");
        survivors.ShouldBe(0, table.ToString());
    }

    private async Task RequirePassedAsync(Guard guard)
    {
        var verdict = await _laboratory.BaselineAsync(guard);
        verdict.Failure.ShouldBeNull(verdict.Trace);
    }

    private static string Line(Fate fate) =>
        $"{fate.Mutant.Rule} | {fate.Mutant.Change} | {fate.By?.ToString() ?? string.Join(", ", fate.Mutant.Guards.AsEnumerable())} | {(fate.By is null ? "SURVIVED" : $"killed: {Short(fate.Why!)}")}";

    private static string Short(string why) => why.Length <= 120 ? why : $"{why[..120]}...";

    /// <summary>One laboratory for all rows: what it has compiled and run once is known.</summary>
    public sealed class Shared : IDisposable
    {
        internal Laboratory Laboratory { get; } = new();

        public void Dispose() => Laboratory.Dispose();
    }
}
