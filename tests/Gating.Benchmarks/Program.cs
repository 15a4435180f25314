using System.Globalization;
using BenchmarkDotNet.Running;
using Gating.Benchmarks.Labels;
using Gating.Benchmarks.Load;
using Gating.Benchmarks.Log;
using Gating.Benchmarks.Outputs;
using Gating.Benchmarks.Ratios;
using Gating.Benchmarks.Servers;

// One program, several roles: `ratios` starts the others as processes of their own, so that each one's CPU can be told from the rest.
switch (args)
{
    case ["--pieces", .. var filter]:
        BenchmarkSwitcher.FromAssembly(typeof(RatiosCommand).Assembly).Run(filter.Length > 0 ? filter : ["--filter", "*"]);
        return 0;
    case ["ratios", .. var options]:
        return await RatiosCommand.RunAsync(options);
    case ["segments", var names, .. var more]:
        return await SegmentsCommand.RunAsync(names, more.Length > 0 ? int.Parse(more[0], CultureInfo.InvariantCulture) : 6, more.Length > 1 ? double.Parse(more[1], CultureInfo.InvariantCulture) : 2);
    case ["processes", .. var more]:
        return await ProcessesCommand.RunAsync(more.Length > 0 ? int.Parse(more[0], CultureInfo.InvariantCulture) : 7, more.Length > 1 ? long.Parse(more[1], CultureInfo.InvariantCulture) : 100_000);
    case ["outputs"]:
        return await OutputsCommand.RunAsync();
    case ["log", .. var more]:
        return await LogCommand.RunAsync(more.Length > 0 ? int.Parse(more[0], CultureInfo.InvariantCulture) : 100_000, more.Length > 1 ? int.Parse(more[1], CultureInfo.InvariantCulture) : 64);
    case ["growth", .. var more]:
        return await GrowthCommand.RunAsync(more.Length > 0 ? int.Parse(more[0], CultureInfo.InvariantCulture) : 1_000_000);
    case ["labels"]:
        return await LabelsCommand.RunAsync();
    case [LabelFile.Role, var file, var target]:
        return LabelFile.RunOnce(file, target);
    case [LoadGenerator.Role]:
        return await LoadGenerator.RunAsync();
    case [GateServers.Role, var settings]:
        return await GateServers.RunAsync(settings);
    case [BareKestrel.Role, var port]:
        return await BareKestrel.RunAsync(port);
    default:
        await Console.Error.WriteLineAsync("Usage: ratios [--quick] [--growth] [--json] | segments name,name [rounds] [seconds] | processes [starts] [grants] | labels | outputs | log [entries] [at once] | growth [entries] | --pieces [BenchmarkDotNet arguments]");
        return 2;
}
