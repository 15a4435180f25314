using System.Text.Json;
using Gating.Appeals;
using Gating.Functions.Http;

namespace Gating.Functions.Endpoints;

/// <summary>Appeals as JSON.</summary>
internal static class AppealAnswers
{
    public static string Word(AppealState state) => state switch
    {
        AppealState.Open => "open",
        AppealState.Upheld => "upheld",
        AppealState.Rejected => "rejected",
    };

    /// <summary>What an app and an admin see alike.</summary>
    public static void Write(Utf8JsonWriter json, AppealStanding standing, DateTimeOffset now)
    {
        json.WriteString("state"u8, Word(standing.State));
        json.WriteString("filed"u8, standing.Appeal.At);
        json.WriteString("deadline"u8, standing.Appeal.Deadline);
        json.WriteBoolean("overdue"u8, standing.IsOverdueAt(now));
        if (standing.Appeal.Text is { } text)
        {
            json.WriteString("text"u8, text);
        }

        if (standing.DecidedAt is { } decided)
        {
            json.WriteString("decided"u8, decided);
        }

        if (standing.Answer is { } answer)
        {
            json.WriteString("answer"u8, answer);
        }
    }

    public static Task RefuseAsync(HttpContext context, AppealRefusal refusal)
    {
        var (status, reason, detail) = refusal switch
        {
            AppealRefusal.Unknown => (404, "appeal_unknown", "There is no such appeal for you."),
            AppealRefusal.NothingToAppeal => (409, "nothing_to_appeal", "The person is not stopped, and was not refused lately."),
            AppealRefusal.SameHuman => (403, "second_human_needed", "Whoever ordered a stop that stands on the person does not judge it."),
            AppealRefusal.StillStopped => (409, "still_stopped", "The person is stopped: lift what stands on them first, then uphold the appeal."),
            AppealRefusal.Decided => (409, "appeal_decided", "It was decided before, otherwise than now."),
            AppealRefusal.Busy => (503, "busy", "The record is in heavy use: try again."),
        };
        return Problem.WriteAsync(context, status, reason, detail);
    }
}
