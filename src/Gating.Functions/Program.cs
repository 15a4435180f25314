using Gating.Functions;

try
{
    await using var app = GateApp.Build(args);
    await app.RunAsync();
    return 0;
}
catch (ConfigurationException error)
{
    await Console.Error.WriteLineAsync(error.Message);
    return 1;
}
