using System.Globalization;
using Gating.Labels;

namespace Gating.Cli;

/// <summary>A file by its name, and what its labels say or why it cannot be read.</summary>
/// <param name="Report">Null where there is a refusal.</param>
internal sealed record FileLabels(string File, LabelReport? Report, string? Refusal)
{
    /// <summary>Exactly one label, and it breaks no rule.</summary>
    public bool IsRight => Report is { Breaches.IsEmpty: true, Labels: [{ Content.Defects.IsEmpty: true, IsUsualPlace: true }] };

    public int ExitCode => Report is null ? Cli.ExitCode.Refused : IsRight ? Cli.ExitCode.Good : Cli.ExitCode.NotAsItShould;

    public static FileLabels Read(string file)
    {
        try
        {
            using var input = System.IO.File.OpenRead(file);
            return LabelReader.Read(input) switch
            {
                ReadOutcome.Read read => new(file, read.Report, null),
                ReadOutcome.Refused refused => new(file, null, Say(refused.Reason, refused.Offset, refused.Detail)),
                _ => throw new System.Diagnostics.UnreachableException(),
            };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new(file, null, $"It cannot be read: {error.Message}");
        }
    }

    /// <summary>The copy gets its name only when it is whole and proved; a crash before leaves a file that ends in <c>.part</c>.</summary>
    public static FileLabels Write(string file, string target, LabelContent content, LabelPolicy policy)
    {
        try
        {
            using var part = new PartFile(target);
            using var input = System.IO.File.OpenRead(file);
            switch (LabelWriter.Write(input, part.Stream, content, policy))
            {
                case LabelOutcome.Labelled labelled:
                    part.Finish();
                    return new(target, labelled.After, null);
                case LabelOutcome.Refused refused:
                    return new(file, null, Say(refused.Reason, refused.Offset, refused.Detail));
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new(file, null, $"The labelled copy cannot be written: {error.Message}");
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
