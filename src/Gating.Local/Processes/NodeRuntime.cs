namespace Gating.Local.Processes;

/// <summary>A Node that is new enough, beside a folder whose packages are installed: what is needed to start a script there.</summary>
public sealed record NodeRuntime(string Executable, string Folder, string SearchPath);
