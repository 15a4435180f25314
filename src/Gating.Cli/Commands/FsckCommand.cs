using System.CommandLine;
using System.Globalization;
using Gating.Azure;
using Gating.Cli.Output;
using Gating.Fsck;
using Gating.Ledger;
using Gating.Log.Notes;
using Spectre.Console;

namespace Gating.Cli.Commands;

/// <summary><c>gating fsck</c>: is everything in storage what it was?</summary>
internal static class FsckCommand
{
    private const string DataKey = "Gating__Keys__Data";

    public static Command Create(IAnsiConsole console, TextWriter output, Func<string, string?> setting)
    {
        var logOnly = new Option<bool>("--log-only") { Description = "Check the log alone: signatures, tree, tiles." };
        var verifiers = new Option<string[]>("--vkey") { Description = "A public key of the log (name+id+base64), which signs its checkpoints; several for several keys." };
        var resume = new Option<FileInfo?>("--resume") { Description = "Keep the position in this file and go on there; it is gone when the check is done. What was found before it was interrupted was told then." };
        var json = Options.Json();
        var command = new Command(
            "fsck",
            "Verify everything in storage again: the log, every ledger, files and index rows; says exactly which row or blob is wrong. Reads only, beside a gate that serves.\n"
            + $"With the operator's data key ({DataKey}, base64, in the environment) leaves are made anew and files are led to their entries; without it only what is public is checked, and that is said.\n\n"
            + OperatorStorage.Help) { logOnly, verifiers, resume, json };
        command.SetAction((parsed, cancellation) =>
        {
            var errors = new List<string>();
            var keys = KeysFrom(setting, parsed.GetValue(verifiers) ?? [], errors);
            if (keys is null)
            {
                errors.ForEach(console.WriteLine);
                return Task.FromResult(ExitCode.WrongUsage);
            }

            var run = new Run(console, keys, parsed.GetValue(logOnly) ? FsckPhase.Log : FsckPhase.Done, parsed.GetValue(resume));
            return OperatorStorage.RunAsync(console, setting, keys.Data, async storage =>
            {
                var report = parsed.GetValue(json) ? await run.CheckAsync(storage, static _ => { }, cancellation) : await run.CheckAloudAsync(storage, cancellation);
                if (parsed.GetValue(json))
                {
                    FsckOutput.WriteJson(output, report, storage.Walk);
                }
                else
                {
                    FsckOutput.WriteTable(console, report, storage.Walk);
                }

                return report.Findings.OfType<FsckFinding.Wrong>().Any() ? ExitCode.NotAsItShould : ExitCode.Good;
            });
        });
        return command;
    }

    private static FsckKeys? KeysFrom(Func<string, string?> setting, string[] verifiers, List<string> errors)
    {
        OperatorKey? data = null;
        if (setting(DataKey) is { } text)
        {
            var bytes = new byte[OperatorKey.Size + 2];
            if (Convert.TryFromBase64String(text, bytes, out var size) && size == OperatorKey.Size)
            {
                data = new(bytes.AsSpan(0, size));
            }
            else
            {
                errors.Add($"{DataKey} is not {OperatorKey.Size} bytes in base64.");
            }
        }

        var keys = new List<NoteKey>();
        foreach (var verifier in verifiers)
        {
            if (NoteKey.Parse(verifier) is { } key)
            {
                keys.Add(key);
            }
            else
            {
                errors.Add($"--vkey '{verifier}' is not a key of the form name+id+base64.");
            }
        }

        return errors.Count == 0 ? new(data, [.. keys]) : null;
    }

    private sealed class Run(IAnsiConsole console, FsckKeys keys, FsckPhase last, FileInfo? file)
    {
        /// <summary>With a line that says where it is and how fast.</summary>
        public async Task<FsckReport> CheckAloudAsync(AzureStorage storage, CancellationToken cancellation)
        {
            FsckReport? report = null;
            await console.Status().StartAsync("reading", async status =>
                report = await CheckAsync(storage, so => status.Status(Say(so).EscapeMarkup()), cancellation));
            return report!;
        }

        /// <summary>The position is written after each piece, and beside the file first: a crash leaves the former one, and that piece is looked at again.</summary>
        public async Task<FsckReport> CheckAsync(AzureStorage storage, Action<FsckReport> told, CancellationToken cancellation)
        {
            var stores = new FsckStores(new(storage.Ledger, storage.Leaves, storage.Log, storage.Published, storage.LastKnown), storage.Walk, storage.Archive, storage.Index, storage.Timelines);
            var started = TimeProvider.System.GetTimestamp();
            var report = new FsckReport([], 0, 0, TimeSpan.Zero, FsckPhase.Log);
            await foreach (var step in new StoreFsck(stores, keys, TimeProvider.System).RunAsync(Start(), last, cancellation))
            {
                report.Findings.AddRange(step.Findings);
                report = report with
                {
                    Things = report.Things + step.Things, Bytes = report.Bytes + step.Bytes, Elapsed = TimeProvider.System.GetElapsedTime(started), Phase = step.Next.Phase,
                };
                told(report);
                Keep(step.Next);
            }

            return report;
        }

        private FsckPosition Start() => file is { Exists: true } && FsckPosition.Parse(File.ReadAllText(file.FullName)) is { } kept ? kept : FsckPosition.Start;

        private void Keep(FsckPosition position)
        {
            if (file is null)
            {
                return;
            }

            if (position.Phase is FsckPhase.Done || position.Phase > last)
            {
                file.Delete();
                return;
            }

            File.WriteAllText(file.FullName + ".part", position.ToString());
            File.Move(file.FullName + ".part", file.FullName, overwrite: true);
        }

        private static string Say(FsckReport report)
        {
            var seconds = Math.Max(report.Elapsed.TotalSeconds, 0.001);
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{report.Phase}: {report.Things} things, {report.Things / seconds:0}/s; {report.Bytes / 1048576.0:0.0} MiB of files, {report.Bytes / 1048576.0 / seconds:0.0} MiB/s; {report.Findings.Count} findings");
        }
    }
}
