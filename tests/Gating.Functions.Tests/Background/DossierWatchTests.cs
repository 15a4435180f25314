using System.Diagnostics.Metrics;
using Gating.Functions.Background;
using Gating.Functions.Tests.World;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests.Background;

/// <summary>That a tool's dossier lapses is said thirty days before anybody is refused for it.</summary>
public sealed class DossierWatchTests
{
    [Theory]
    [InlineData(31, null)]
    [InlineData(30, "lapses in 30 days")]
    [InlineData(0, "lapses in 0 days")]
    [InlineData(-1, "has lapsed")]
    public async Task It_is_said_from_thirty_days_before_and_the_metric_says_it_always(int days, string? said)
    {
        await using var world = await GateWorld.StartAsync(registry: registry => registry["tools"]!.AsArray()[0]!["dossier"]!["datasetAuditUntil"] = TestRegistry.Date(days));
        var measured = new List<(string Tool, string Part, long Days)>();
        using var listener = new MeterListener { InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Name is "gating.dossier.days_left")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        } };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            lock (measured)
            {
                measured.Add(((string)tags[0].Value!, (string)tags[1].Value!, value));
            }
        });
        listener.Start();
        await world.Services.GetServices<ITimedTask>().OfType<DossierWatch>().Single().RunAsync(default);

        measured.ShouldContain((TestRegistry.Tool, "datasetAuditUntil", days));
        measured.ShouldContain((TestRegistry.Tool, "securityAssessmentUntil", 300L));
        var lines = world.Logs.Lines.Where(static line => line.Contains("The dossier of", StringComparison.Ordinal)).ToList();
        if (said is null)
        {
            lines.ShouldBeEmpty();
        }
        else
        {
            lines.ShouldHaveSingleItem().ShouldContain(said);
        }

        // What is said and what is refused are of one day.
        (await world.Call(world.IdToken("mei")).SendAsync()).Status.ShouldBe(days < 0 ? 400 : 200);
    }
}
