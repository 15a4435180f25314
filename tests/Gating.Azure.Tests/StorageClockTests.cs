using Gating.Testing.Storage;
using Shouldly;
using Xunit;

namespace Gating.Azure.Tests;

public sealed class StorageClockTests
{
    [Theory]
    [InlineData(0, true)]
    [InlineData(90, false)]
    [InlineData(-90, false)]
    public async Task An_instance_whose_clock_is_far_off_storage_is_not_acceptable(int offset, bool acceptable)
    {
        using var storage = new AzureStorage(await AzuriteStorage.SharedOptionsAsync(), new OffTime(TimeSpan.FromSeconds(offset)), null);
        storage.Clock.Skew.ShouldBe(TimeSpan.Zero);

        await storage.Names.FindAsync(Some.Name(), default);

        storage.Clock.Skew.TotalSeconds.ShouldBe(offset, tolerance: 10);
        storage.Clock.IsAcceptable.ShouldBe(acceptable);
    }

    private sealed class OffTime(TimeSpan offset) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UtcNow + offset;
    }
}
