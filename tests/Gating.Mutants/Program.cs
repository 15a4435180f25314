using Gating.Mutants.Running;

return await GuardLoop.RunAsync(args[0], Console.OpenStandardInput(), Console.OpenStandardOutput());
