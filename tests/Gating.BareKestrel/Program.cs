using Gating.Benchmarks.Servers;

return await BareKestrel.RunAsync(args[0]);
