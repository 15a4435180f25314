using Microsoft.Extensions.DependencyInjection;

namespace Gating.Testing;

/// <summary>Changes an app's services when all of them are there: a container factory, since the app adds its own after everybody else.</summary>
public sealed class FinishedServices(Action<IServiceCollection> change) : IServiceProviderFactory<IServiceCollection>
{
    public IServiceCollection CreateBuilder(IServiceCollection services) => services;

    public IServiceProvider CreateServiceProvider(IServiceCollection containerBuilder)
    {
        change(containerBuilder);
        return containerBuilder.BuildServiceProvider();
    }
}
