using System.Text;
using Azure.Storage.Queues;
using Gating.Archive;
using Gating.Functions.Tests.World;
using Gating.Local.Storage;
using Gating.Messages;
using Gating.Testing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests.Hosting;

/// <summary>Messages in real queues, brought by the host's rules: one trap of the contract each.</summary>
[Collection(HostedGates.Name)]
public sealed class QueueTests(HostedGate gate)
{
    private QueueServiceClient Queues => QueueListener.Client(gate.Azurite.Queue, AzuriteProcess.AccountName, AzuriteProcess.AccountKey);

    private IDeadLetters Letters => gate.World.Services.GetRequiredService<IDeadLetters>();

    [Fact]
    public async Task Poison_a_message_that_fails_too_often_is_set_aside_whole_with_the_reason()
    {
        // Announced past us, and never put: the handler says "not yet" each time. What the message says of itself is in the metadata by then, and counts for nothing.
        var address = await gate.Studio.BeginOneAsync(await gate.Call(gate.World.IdToken("announced")).GrantAsync());
        var upload = await gate.Studio.BeginUploadAsync(address);
        var message = $$$"""{"dequeuecount":99,"specversion":"1.0","id":"x","source":"{{{TestRegistry.App}}}","type":"{{{OutputUploads.EventType}}}","data":{"upload":"{{{upload.Text("upload")}}}"}}""";
        await PutAsync("outputs", Convert.ToBase64String(Encoding.UTF8.GetBytes(message)));
        var letter = await LetterAsync(QueueNames.Outputs, static letter => letter.Reason == "worn_out");
        letter.Detail.ShouldBe("No file has come in under this number.");
        Encoding.UTF8.GetString(letter.Message.Span).ShouldBe(message);
        await EmptyAsync("outputs");
        await EmptyAsync("outputs-poison");
    }

    [Fact]
    public async Task A_message_that_is_refused_is_set_aside_at_once_and_burns_no_attempts()
    {
        var text = $"nothing of ours {Guid.NewGuid()}";
        await PutAsync("generations", Convert.ToBase64String(Encoding.UTF8.GetBytes(text)));
        var letter = await LetterAsync(QueueNames.Generations, letter => Encoding.UTF8.GetString(letter.Message.Span) == text);
        letter.Reason.ShouldNotBe("worn_out");
        await EmptyAsync("generations");
    }

    [Fact]
    public async Task Bytes_that_are_no_text_arrive_as_they_are()
    {
        byte[] message = [0xFF, 0xFE, 0x00, 0x80, .. Guid.NewGuid().ToByteArray()];
        await PutAsync("generations", Convert.ToBase64String(message));
        await LetterAsync(QueueNames.Generations, letter => letter.Message.Span.SequenceEqual(message));
    }

    [Fact]
    public async Task A_non_base64_message_is_posted_all_the_same_and_set_aside_as_it_is()
    {
        var text = $"{{\"not\":\"base64\",\"n\":\"{Guid.NewGuid()}\"}}";
        await PutAsync("events", text);
        await LetterAsync(QueueNames.Events, letter => Encoding.UTF8.GetString(letter.Message.Span) == text);
        await EmptyAsync("events");
        await EmptyAsync("events-poison");
    }

    private async Task PutAsync(string queue, string text)
    {
        var client = Queues.GetQueueClient(queue);
        await client.CreateIfNotExistsAsync();
        await client.SendMessageAsync(text);
    }

    private async Task EmptyAsync(string queue)
    {
        var client = Queues.GetQueueClient(queue);
        await Eventually.TrueWithinAMinuteAsync(async () => !await client.ExistsAsync() || (await client.GetPropertiesAsync()).Value.ApproximateMessagesCount == 0);
    }

    private async Task<DeadLetter> LetterAsync(string queue, Predicate<DeadLetter> wanted)
    {
        DeadLetter? found = null;
        await Eventually.TrueWithinAMinuteAsync(async () => (found = (await ReadAsync(queue)).Find(wanted)) is not null);
        return found!;
    }

    private async Task<List<DeadLetter>> ReadAsync(string queue)
    {
        var letters = new List<DeadLetter>();
        await foreach (var letter in Letters.ReadAsync(queue, default))
        {
            letters.Add(letter);
        }

        return letters;
    }
}
