using Gating.Benchmarks.Scene;

namespace Gating.Benchmarks.Ratios;

/// <summary>Everything that can be put under load.</summary>
internal static class Segments
{
    private const int FewConnections = 8;
    private const int Connections = 16;

    public static async Task<IReadOnlyList<Segment>> CreateAsync(Stage stage, RatioOptions options, Action<string> say)
    {
        var (hello, helloPort) = Stage.StartBare();
        stage.Keep(hello);
        var (express, expressPort) = await stage.StartPeerAsync("express.mjs", say);
        var (fastify, fastifyPort) = await stage.StartPeerAsync("fastify.mjs", say);
        var world = stage.World;
        var persons = await world.RequestsAsync(options.Persons);
        var rsaPersons = await world.RequestsAsync(options.Persons, rsa: true);
        var hot = await world.RequestsAsync(1);
        var raw = await world.FileOfAsync(RawTransactions.Pairs(stage.Azurite.Table, stage.LedgerTable, options.Persons));
        await Processes.Ports.OpenAsync(helloPort);
        return
        [
            new("hello", await world.HelloAsync(), helloPort, FewConnections, hello),
            new("floor", persons, stage.FloorPort, FewConnections, stage.Servers),
            new("gate", persons, stage.Stubbed.Verifying, FewConnections, stage.Servers),
            new("express", persons, expressPort, FewConnections, express),
            new("fastify", persons, fastifyPort, FewConnections, fastify),
            new("floor RS256", rsaPersons, stage.FloorPort, FewConnections, stage.Servers),
            new("gate RS256", rsaPersons, stage.Stubbed.Verifying, FewConnections, stage.Servers),
            new("gate seen", persons, stage.Stubbed.Deployed, FewConnections, stage.Servers),
            new("stored gate", persons, stage.Stored.Verifying, Connections, stage.Servers),
            new("many", await world.RequestsAsync(options.Persons), stage.Stored.Deployed, Connections, stage.Servers),
            new("raw", raw, stage.Azurite.Table.Port, Connections, null),
            new("stored floor", await world.RequestsAsync(options.Persons, path: "/stored"), stage.FloorPort, Connections, stage.Servers),
            new("hot", hot, stage.Stored.Deployed, Connections, stage.Servers),
        ];
    }
}
