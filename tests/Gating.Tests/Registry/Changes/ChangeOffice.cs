using System.Text;
using System.Text.Json.Nodes;
using Gating.Access;
using Gating.Ledger;
using Gating.Registry;
using Gating.Registry.Changes;
using Gating.Tests.Admission;
using Shouldly;

namespace Gating.Tests.Registry.Changes;

/// <summary>Admins who change the registry, over stores in memory; each <see cref="Restart"/> is a new process on the same stores.</summary>
internal sealed class ChangeOffice
{
    public static readonly Official Ada = new(GateFixture.Issuer, "ada", null);
    public static readonly Official Ben = new(GateFixture.Issuer, "ben", null);
    public static readonly RegistryItem OneTool = new(RegistryItem.Tool, GateFixture.Tool);
    public static readonly RegistryItem OneApp = new(RegistryItem.App, "app");

    private StreamNames _names = null!;

    private ChangeOffice()
    {
    }

    public GateFixture Gate { get; } = new();

    public ChangeDesk Desk { get; private set; } = null!;

    public static async Task<ChangeOffice> OpenAsync()
    {
        var office = new ChangeOffice();
        office.Gate.Registry["issuers"]![0]!["roles"] = new JsonObject
        {
            ["audiences"] = new JsonArray("desk"), ["claim"] = "roles", ["admin"] = new JsonArray("admin"), ["regulator"] = new JsonArray("regulator"), ["strongAcr"] = new JsonArray("mfa"), ["strongWithinSeconds"] = 900,
        };
        await office.Gate.WriteRegistryAsync();
        office.Restart();
        return office;
    }

    public void Restart()
    {
        _names = Gate.NewNames();
        var appender = new Appender(Gate.Store, Gate.Queue, new(new byte[OperatorKey.Size]), Gate.Time);
        Desk = new(Gate.RegistryStore, new OperatorLedger(Gate.Store, appender, _names, new(Gate.Store, new(new byte[OperatorKey.Size]))), RegistryMode.Production);
    }

    public async Task<RegisteredItem> ReadAsync(RegistryItem item) => (await Desk.FindAsync(item, default)).ShouldNotBeNull();

    /// <summary>The item as it stands, with one member set.</summary>
    public async Task<(string Tag, ItemEdit.Put Put)> EditAsync(RegistryItem item, string member, JsonNode? value)
    {
        var read = await ReadAsync(item);
        var json = JsonNode.Parse(read.Open.Span)!;
        json[member] = value;
        return (read.Tag, Put(json));
    }

    public async Task<ChangeOutcome> SetAsync(RegistryItem item, string member, JsonNode? value, bool takesTwo = false, Official? by = null)
    {
        var (tag, put) = await EditAsync(item, member, value);
        return await Desk.ChangeAsync(item, tag, put, by ?? Ada, takesTwo, default);
    }

    public static ItemEdit.Put Put(JsonNode json) => new(Encoding.UTF8.GetBytes(json.ToJsonString()));

    public static ChangeOutcome.Done Done(ChangeOutcome outcome, ChangeStanding standing)
    {
        var done = outcome.ShouldBeOfType<ChangeOutcome.Done>();
        done.Standing.ShouldBe(standing);
        return done;
    }

    public static void ShouldBeRefused(ChangeOutcome outcome, ChangeRefusal reason) => outcome.ShouldBeOfType<ChangeOutcome.Refused>().Reason.ShouldBe(reason);

    public async Task<List<Entry>> EntriesAsync()
    {
        var entries = new List<Entry>();
        await foreach (var entry in Gate.Ledger.ReadEntriesAsync(await _names.OfAsync(StreamNames.Operator, StreamNames.Operator, default), 1, long.MaxValue, default))
        {
            entries.Add(entry);
        }

        return entries;
    }

    public async Task ShouldBeSoundAsync()
    {
        Gate.Faults.Violations.ShouldBeEmpty();
        (await StreamVerifier.VerifyAsync(Gate.Ledger, await _names.OfAsync(StreamNames.Operator, StreamNames.Operator, default), default)).Findings.ShouldBeEmpty();
    }
}
