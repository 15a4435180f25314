using Gating.Mutants.Running;

return await GuardLoop.RunAsync(Console.OpenStandardInput(), Console.OpenStandardOutput());
