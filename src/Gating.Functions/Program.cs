using Gating.Functions;

// Nothing is awaited up here: each start would compile what waits. The app is disposed of by its run.
try
{
    return GateExit.Run(GateApp.Build(args));
}
catch (ConfigurationException error)
{
    Console.Error.WriteLine(error.Message);
    return GateExit.Fault;
}
