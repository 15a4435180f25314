using Gating.Functions.Http;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests;

/// <summary>What a request works on belongs to nobody else. That a kill leaves nothing of it is <see cref="UploadTests"/>' to show.</summary>
public sealed class TemporaryFileTests
{
    [Fact]
    public async Task It_is_a_file_to_work_on_and_has_no_name_where_that_can_be()
    {
        string name;
        await using (var file = TemporaryFile.Create())
        {
            name = file.Name;
            File.Exists(name).ShouldBe(OperatingSystem.IsWindows());
            await file.WriteAsync(new byte[100_000]);
            await file.WriteAsync("end"u8.ToArray());
            file.Length.ShouldBe(100_003);
            file.Position = 100_000;
            var end = new byte[10];
            (await file.ReadAtLeastAsync(end, 10, throwOnEndOfStream: false)).ShouldBe(3);
            end[..3].ShouldBe("end"u8.ToArray());
        }

        File.Exists(name).ShouldBeFalse();
    }

    [Fact]
    public async Task Of_a_stream_that_is_too_long_nothing_is_left()
    {
        (await TemporaryFile.OfAsync(new MemoryStream(new byte[11]), 10, default)).ShouldBeNull();
        await using var file = (await TemporaryFile.OfAsync(new MemoryStream(new byte[10]), 10, default)).ShouldNotBeNull();
        (file.Length, file.Position).ShouldBe((10, 0));
    }
}
