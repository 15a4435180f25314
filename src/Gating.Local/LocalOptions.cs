using System.Globalization;

namespace Gating.Local;

/// <summary>What the command line asks for.</summary>
/// <param name="Setup">Only bring the Node packages in step, then end.</param>
/// <param name="Once">Walk the main job, then end: 0 if every step held.</param>
/// <param name="Port">The first of <see cref="LocalPorts.Count"/> ports; 0: any free ones.</param>
/// <param name="DataFolder">Where everything is kept that outlives a run; null: <c>.local</c> beside the solution, and for a drill a temporary folder.</param>
/// <param name="Drill">Lose storage, restore it, and see an older backup refused; then end.</param>
/// <param name="EvidenceFolder">Where an account of its own keeps the log's last known checkpoint; null: in the one account.</param>
internal sealed record LocalOptions(bool Setup, bool Once, bool Help, int Port, string? DataFolder, bool Drill = false, string? EvidenceFolder = null)
{
    public const int DefaultPort = 7080;

    public const string Usage = """
        Starts storage (Azurite), an OpenID provider and the gate on this machine, walks the main job once and keeps serving.

          --once        end after the walk: 0 if every step held, else 1
          --setup       only install the Node packages
          --drill       back up, lose storage, restore, and see an older backup refused: 0 if every step held, else 1
          --port N      the gate's port (7080); the five after it are used too, 0 takes any free ones
          --data DIR    where data is kept (.local)
        """;

    public static LocalOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new LocalOptions(Setup: false, Once: false, Help: false, DefaultPort, null);
        for (var i = 0; i < arguments.Count; i++)
        {
            options = arguments[i] switch
            {
                "--setup" => options with { Setup = true },
                "--once" => options with { Once = true },
                "--drill" => options with { Drill = true },
                "--help" or "-h" => options with { Help = true },
                "--port" => options with { Port = ParsePort(Value(arguments, ref i)) },
                "--data" => options with { DataFolder = Value(arguments, ref i) },
                var other => throw new SetupException($"`{other}` is not an option; --help lists them."),
            };
        }

        return options;
    }

    private static string Value(IReadOnlyList<string> arguments, ref int i) =>
        ++i < arguments.Count ? arguments[i] : throw new SetupException($"`{arguments[i - 1]}` needs a value; --help lists the options.");

    private static int ParsePort(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= ushort.MaxValue - LocalPorts.Count
            ? port
            : throw new SetupException($"`{text}` is not a port; give a number from 0 to {ushort.MaxValue - LocalPorts.Count}.");
}

/// <summary>Which port is whose.</summary>
internal sealed record LocalPorts(int Gate, int Studio, int Provider, int Blob, int Queue, int Table)
{
    public const int Count = 6;

    public static LocalPorts From(int first) =>
        first is 0 ? new(0, 0, 0, 0, 0, 0) : new(first, first + 1, first + 2, first + 3, first + 4, first + 5);
}
