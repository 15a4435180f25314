using Gating.Functions;

try
{
    return GateExit.Run(GateApp.Build(args));
}
catch (ConfigurationException error)
{
    Console.Error.WriteLine(error.Message);
    return GateExit.Fault;
}
