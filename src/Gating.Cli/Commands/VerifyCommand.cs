using System.Collections.Immutable;
using System.CommandLine;
using Gating.Cli.Output;
using Gating.Evidence;
using Gating.Identity.Jose;
using Gating.Log.Notes;
using Spectre.Console;

namespace Gating.Cli.Commands;

/// <summary><c>gating verify BUNDLE</c>: does the evidence that somebody gave me hold? Needs no settings, no log-in and, unless <c>--log</c> names a server, no network.</summary>
internal static class VerifyCommand
{
    public const string Name = "verify";

    /// <summary>A claim fails.</summary>
    public const int Fails = 1;

    /// <summary>Also where the parser says so: 1 would mean a claim that fails.</summary>
    public const int WrongUsage = 2;

    /// <summary>The file cannot be read, or is no whole bundle.</summary>
    public const int Unreadable = 3;

    /// <summary>No claim fails, and one could not be checked with what was given.</summary>
    public const int NotChecked = 4;

    private const int MaxKeySet = 64 * 1024;
    private const int MaxKeySetDepth = 8;

    public static Command Create(IAnsiConsole console, TextWriter output)
    {
        var file = new Argument<FileInfo>("BUNDLE") { Description = "The evidence bundle." };
        var verifiers = new Option<string[]>("--vkey") { Description = "The log's verifier key (name+id+base64), got from elsewhere than the bundle; several for several keys." };
        var keySet = new Option<FileInfo?>("--jwks") { Description = "The gate's key set, as /jwks had it, got from elsewhere than the bundle." };
        var log = new Option<string?>("--log") { Description = "The public log, a URL (https://gate.example/log/) or a folder with a copy of it: shows that nothing was left out of a stream." };
        var json = Options.Json();
        var command = new Command(
            Name,
            "Check an evidence bundle, claim by claim, offline.\n\n"
            + "Exit codes, other than those of the other commands: 0 every claim holds; 1 one fails; 2 wrong usage; 3 the file could not be read or is no whole bundle; 4 none fails, and one could not be checked with what was given.")
        {
            file, verifiers, keySet, log, json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var errors = new List<string>();
            var (keys, signing) = (Verifiers(parsed.GetValue(verifiers) ?? [], errors), Signing(parsed.GetValue(keySet), errors));
            using var source = parsed.GetValue(log) is { } place ? PublicLog.Open(place, errors) : null;
            if (errors.Count > 0)
            {
                errors.ForEach(console.WriteLine);
                return WrongUsage;
            }

            var path = parsed.GetRequiredValue(file).FullName;
            try
            {
                await using var bundle = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
                var report = await BundleVerifier.VerifyAsync(bundle, new(keys, signing, source is null ? null : source.ReadAsync), cancellation);
                if (parsed.GetValue(json))
                {
                    ClaimsOutput.WriteJson(output, report);
                }
                else
                {
                    ClaimsOutput.WriteTable(console, path, report);
                }

                return CodeOf(report);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                console.WriteLine($"{path}: it cannot be read: {error.Message}");
                return Unreadable;
            }
        });
        return command;
    }

    private static int CodeOf(BundleReport report) => report is not BundleReport.Judged judged ? Unreadable : judged.Verdict switch
    {
        Verdict.Holds => ExitCode.Good,
        Verdict.Fails => Fails,
        Verdict.NotChecked => NotChecked,
    };

    private static ImmutableArray<NoteKey> Verifiers(string[] texts, List<string> errors)
    {
        var keys = texts.Select(static text => (Text: text, Key: NoteKey.Parse(text))).ToArray();
        errors.AddRange(keys.Where(static one => one.Key is null).Select(static one => $"--vkey '{one.Text}' is not a key of the form name+id+base64."));
        return [.. keys.Select(static one => one.Key).OfType<NoteKey>()];
    }

    private static KeySet? Signing(FileInfo? file, List<string> errors)
    {
        if (file is null)
        {
            return null;
        }

        try
        {
            if (file.Length <= MaxKeySet && StrictJson.TryParseObject(File.ReadAllBytes(file.FullName), MaxKeySetDepth, out var json))
            {
                using (json)
                {
                    if (KeySet.Read(json.RootElement) is { Keys.IsEmpty: false } keys)
                    {
                        return keys;
                    }
                }
            }

            errors.Add($"--jwks {file.FullName} is no set of keys (RFC 7517).");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            errors.Add($"--jwks {file.FullName} cannot be read: {error.Message}");
        }

        return null;
    }
}
