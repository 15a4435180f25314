using Gating.Erasure;
using Gating.Ledger;
using Shouldly;
using Xunit;

namespace Gating.Testing.Storage;

/// <summary>What every list of erasures must do.</summary>
public abstract class ErasureListContract
{
    protected abstract ValueTask<IErasureList> OpenAsync();

    [Fact]
    public async Task A_stream_is_on_the_list_once_however_often_it_is_added()
    {
        var list = await OpenAsync();
        StreamId[] streams = [StreamId.Create(), StreamId.Create()];
        foreach (var stream in (StreamId[])[.. streams, .. streams])
        {
            await list.AddAsync(stream, default);
        }

        (await list.ReadAsync(default).ToListAsync()).ShouldBe(streams, ignoreOrder: true);
    }

    [Fact]
    public async Task An_empty_list_has_none() => (await (await OpenAsync()).ReadAsync(default).ToListAsync()).ShouldBeEmpty();
}
