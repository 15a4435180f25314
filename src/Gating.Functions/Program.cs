using Gating.Functions;

try
{
    await using var app = GateApp.Build(args);
    return await GateExit.RunAsync(app);
}
catch (ConfigurationException error)
{
    await Console.Error.WriteLineAsync(error.Message);
    return GateExit.Fault;
}
