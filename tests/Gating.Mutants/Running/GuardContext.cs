using System.Reflection;
using System.Runtime.Loader;
using Xunit;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Gating.Mutants.Running;

/// <summary>One Gating.dll with the tests beside it: only assemblies that reference Gating are loaded anew.</summary>
internal sealed class GuardContext : AssemblyLoadContext
{
    private readonly string _assembly;

    public GuardContext(string assembly)
    {
        _assembly = assembly;
        Gating = LoadFromAssemblyName(new("Gating"));
    }

    public Assembly Gating { get; }

    /// <summary>Runs every case of a test as the runner would: a new instance for each, its data read from its attributes.</summary>
    public async Task<GuardVerdict> RunAsync(Guard guard)
    {
        try
        {
            var type = LoadFromAssemblyName(new("Gating.Tests")).GetType(guard.Type, throwOnError: true)!;
            var method = type.GetMethod(guard.Method)!;
            var cases = method.GetCustomAttribute<FactAttribute>() is TheoryAttribute
                ? method.GetCustomAttributes<DataAttribute>().SelectMany(data => data.GetData(method)).ToList()
                : [[]];
            foreach (var arguments in cases)
            {
                await RunAsync(type, method, arguments);
            }

            return cases.Count > 0 ? new(Failure: null) : new("It has no cases.");
        }
        catch (Exception error)
        {
            var cause = error is TargetInvocationException { InnerException: { } inner } ? inner : error;
            return new($"{cause.GetType().Name}: {string.Join(' ', cause.Message.Split((char[])[], StringSplitOptions.RemoveEmptyEntries))}") { Trace = cause.StackTrace };
        }
    }

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (assemblyName.Name is "Gating")
        {
            return LoadFromAssemblyPath(_assembly);
        }

        var path = Path.Combine(AppContext.BaseDirectory, $"{assemblyName.Name}.dll");
        return assemblyName.Name!.StartsWith("Gating.", StringComparison.Ordinal) && File.Exists(path) ? LoadFromAssemblyPath(path) : null;
    }

    private static object? New(Type type) =>
        type.GetConstructor([typeof(ITestOutputHelper)]) is { } withOutput ? withOutput.Invoke([new NoOutput()]) : Activator.CreateInstance(type);

    private static async Task RunAsync(Type type, MethodInfo method, object?[] arguments)
    {
        var instance = method.IsStatic ? null : New(type);
        var lifetime = instance as IAsyncLifetime;
        try
        {
            await (lifetime?.InitializeAsync() ?? Task.CompletedTask);
            if (method.Invoke(instance, arguments) is Task task)
            {
                await task;
            }
        }
        finally
        {
            await (lifetime?.DisposeAsync() ?? Task.CompletedTask);
            (instance as IDisposable)?.Dispose();
        }
    }

    /// <summary>What a test prints helps nobody here.</summary>
    private sealed class NoOutput : ITestOutputHelper
    {
        public void WriteLine(string message)
        {
        }

        public void WriteLine(string format, params object[] args)
        {
        }
    }
}
