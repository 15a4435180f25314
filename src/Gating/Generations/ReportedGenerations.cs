using Gating.Clients;
using Gating.Grants;
using Gating.Messages;
using Gating.Registry;

namespace Gating.Generations;

/// <summary>
/// Reports that come by the <c>generations</c> queue: the event <see cref="Type"/>, signed by the app, with the generation's id as subject and the report as data. What <c>POST
/// /v1/generations/{id}/report</c> would record is recorded, once, in whatever order and however often they come; what it would refuse is refused.
/// </summary>
public sealed class ReportedGenerations(RegistrySource registry, AppHandles handles, GenerationReporter reporter) : IMessageHandler
{
    public const string Type = "gating.generation.reported";

    public string Queue => QueueNames.Generations;

    public async Task<MessageOutcome> HandleAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        var snapshot = await registry.GetAsync(cancellation);
        var (signed, problem) = SignedEvent.Read(message.Span, snapshot.Apps);
        if (signed is not var (app, told))
        {
            return new MessageOutcome.Refused("event_not_believed", problem);
        }

        if (!string.Equals(told.Type, Type, StringComparison.Ordinal))
        {
            return new MessageOutcome.Refused("event_unknown", $"Its type is not {Type}.");
        }

        if (GenerationReport.Parse(told.Data, out problem) is not { } report)
        {
            return new MessageOutcome.Refused("report_malformed", problem);
        }

        var refusal = told.Subject is { } subject && handles.TryOpenGeneration(app.Id, subject, out var generation)
            ? await reporter.ReportAsync(app.Id, generation.Person, generation.Seq, report, cancellation)
            : ReportRefusal.NotFound;
        return refusal switch
        {
            null => new MessageOutcome.Done(),
            ReportRefusal.Busy => new MessageOutcome.NotYet(ReportRefusal.Busy.Said().Detail),
            { } other => new MessageOutcome.Refused(other.Said().Reason, other.Said().Detail),
        };
    }
}
