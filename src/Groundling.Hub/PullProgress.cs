namespace Groundling.Hub;

/// <summary>How far a pull is.</summary>
/// <param name="Bytes">Bytes in the cache, of <paramref name="TotalBytes"/>; falls where a file begins anew.</param>
/// <param name="TotalBytes">Bytes of all files.</param>
/// <param name="Files">Files that are there, of <paramref name="TotalFiles"/>.</param>
/// <param name="TotalFiles">All files.</param>
public sealed record PullProgress(long Bytes, long TotalBytes, int Files, int TotalFiles);
