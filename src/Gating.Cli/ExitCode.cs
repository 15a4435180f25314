namespace Gating.Cli;

/// <summary>What scripts can rely on. Wrong usage is 1, as the parser of the command line says it.</summary>
internal static class ExitCode
{
    public const int Good = 0;

    public const int WrongUsage = 1;

    /// <summary>Files were read, or storage; what is there is not as it should be.</summary>
    public const int NotAsItShould = 2;

    /// <summary>A file could not be read, or was refused; storage did not answer.</summary>
    public const int Refused = 3;

    public const string Help =
        "Exit codes: 0 as it should be; 1 wrong usage; 2 a file has no label, several, or one that breaks a rule, or something in storage is wrong; 3 a file could not be read, or was refused, or storage did not answer.";
}
