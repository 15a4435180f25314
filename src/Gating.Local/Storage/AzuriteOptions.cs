namespace Gating.Local.Storage;

/// <summary>What Azurite is started with. A port of 0 is any free one.</summary>
/// <param name="DataFolder">Where it keeps its data; null: in memory, gone when it ends.</param>
public sealed record AzuriteOptions(string? DataFolder = null, int BlobPort = 0, int QueuePort = 0, int TablePort = 0);
