namespace Gating.Mutants;

/// <summary>
/// A rule of the design's section 5 or 8, or of what takes archived files away (section 7), the one change of the source that breaks it, and the tests of which at least one must then fail.
/// </summary>
/// <param name="Rule">The rule, in the design's words.</param>
/// <param name="Change">What the mutant does instead; with the rule it names the row.</param>
/// <param name="File">Relative to src/Gating.</param>
/// <param name="Find">Stands exactly once in the file.</param>
internal sealed record Mutant(string Rule, string Change, string File, string Find, string Replace, params Guard[] Guards);

/// <summary>A test method, by names: it runs in another process, against another Gating.dll than the one that is loaded here.</summary>
internal sealed record Guard(string Type, string Method)
{
    public static Guard Of<T>(string method) =>
        typeof(T).GetMethod(method) is null ? throw new ArgumentException($"{typeof(T).Name} has no test {method}.", nameof(method)) : new(typeof(T).FullName!, method);

    public override string ToString() => $"{Type[(Type.LastIndexOf('.') + 1)..]}.{Method}";
}
