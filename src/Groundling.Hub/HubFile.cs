namespace Groundling.Hub;

/// <summary>A file of a repository, as the hub lists it.</summary>
/// <param name="Path">Its place in the repository, with slashes.</param>
/// <param name="Size">Its bytes; null where the hub does not say.</param>
/// <param name="Sha256">The SHA-256 of a large file; null of a small one, whose identity is git's.</param>
public sealed record HubFile(string Path, long? Size, string? Sha256);
