using System.Globalization;
using Gating.Labels;
using Gating.Labels.Explicit;

namespace Gating.Cli;

/// <summary>A file by its name, and what its labels say or why it cannot be read.</summary>
/// <param name="Report">Null where there is a refusal, and where the format has room for the label that people see alone.</param>
/// <param name="Explicit">The label that people see or hear; null where the file cannot be opened.</param>
internal sealed record FileLabels(string File, LabelReport? Report, ExplicitFinding? Explicit, string? Refusal)
{
    /// <summary>Exactly one implicit label, and it breaks no rule.</summary>
    public bool IsRight => Report is { Breaches.IsEmpty: true, Labels: [{ Content.Defects.IsEmpty: true, IsUsualPlace: true }] };

    public int ExitCode => Refusal is not null ? Cli.ExitCode.Refused : IsRight || Report is null ? Cli.ExitCode.Good : Cli.ExitCode.NotAsItShould;

    public static FileLabels Read(string file)
    {
        try
        {
            using var input = System.IO.File.OpenRead(file);
            return LabelReader.Read(input) switch
            {
                ReadOutcome.Read read => new(file, read.Report, ExplicitLabel.Read(input), null),
                ReadOutcome.Refused refused => new(file, null, ExplicitLabel.Read(input), Say(refused.Reason, refused.Offset, refused.Detail)),
                _ => throw new System.Diagnostics.UnreachableException(),
            };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new(file, null, null, $"It cannot be read: {error.Message}");
        }
    }

    /// <summary>The copy gets its name only when it is whole and proved; a crash before leaves files that end in <c>.part</c>.</summary>
    /// <param name="wording">Of the label that people see or hear, which is put on first; null: none is.</param>
    public static FileLabels Write(string file, string target, LabelContent content, LabelPolicy policy, ExplicitWording? wording)
    {
        try
        {
            using var input = System.IO.File.OpenRead(file);
            if (wording is null)
            {
                return Write(file, input, target, content, policy, isExplicitOnly: false);
            }

            using var seen = new PartFile(target + ".explicit");
            switch (ExplicitLabel.Write(input, seen.Stream, wording, policy.C2pa))
            {
                case ExplicitOutcome.Labelled labelled:
                    return Write(file, seen.Stream, target, content, policy, isExplicitOnly: !labelled.TakesImplicitLabel);
                case ExplicitOutcome.AlreadyThere:
                    return Write(file, input, target, content, policy, isExplicitOnly: false);
                case ExplicitOutcome.Refused refused:
                    return new(file, null, null, "The label that people see or hear: " + Say(refused.Reason, refused.Offset, refused.Detail));
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new(file, null, null, $"The labelled copy cannot be written: {error.Message}");
        }
    }

    private static FileLabels Write(string file, Stream input, string target, LabelContent content, LabelPolicy policy, bool isExplicitOnly)
    {
        using var part = new PartFile(target);
        if (isExplicitOnly)
        {
            input.Position = 0;
            input.CopyTo(part.Stream);
            part.Finish();
            return Read(target) with { Refusal = null };
        }

        switch (LabelWriter.Write(input, part.Stream, content, policy))
        {
            case LabelOutcome.Labelled:
                part.Finish();
                return Read(target);
            case LabelOutcome.Refused refused:
                return new(file, null, null, Say(refused.Reason, refused.Offset, refused.Detail));
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static string Say(LabelRefusal reason, long? offset, string detail) =>
        string.Create(CultureInfo.InvariantCulture, $"{reason}{(offset is null ? string.Empty : $" at byte {offset}")}. {detail}");

    /// <summary>A file under a name of its own until it is finished; gone if it never is.</summary>
    private sealed class PartFile(string target) : IDisposable
    {
        private bool _isFinished;

        public FileStream Stream { get; } = new(target + ".part", FileMode.CreateNew, FileAccess.ReadWrite);

        public void Finish()
        {
            Stream.Flush(flushToDisk: true);
            Stream.Dispose();
            System.IO.File.Move(Stream.Name, target, overwrite: false);
            _isFinished = true;
        }

        public void Dispose()
        {
            Stream.Dispose();
            if (!_isFinished)
            {
                System.IO.File.Delete(Stream.Name);
            }
        }
    }
}
