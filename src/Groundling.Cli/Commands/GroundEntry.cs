namespace Groundling.Cli.Commands;

/// <summary>What became of one of many pictures, a line of journal.jsonl and of summary.json.</summary>
/// <param name="Picture">Its path as it was given.</param>
/// <param name="Folder">The folder of its results, below the output folder.</param>
/// <param name="Stamp">What shows whether the picture or its caption's file has changed since.</param>
/// <param name="Phrases">How many phrases its caption has.</param>
/// <param name="Found">How many of them have a mask that is not empty.</param>
/// <param name="Score">The mean score of those found.</param>
/// <param name="Fault">Why it could not be grounded, or null.</param>
internal sealed record GroundEntry(string Picture, string Folder, string Stamp, int Phrases, int Found, double? Score, string? Fault)
{
    public static GroundEntry Of(PicturePlace place, GroundingDocument? document, string? fault)
    {
        var found = (document?.Phrases ?? []).Where(phrase => phrase.Area > 0).ToList();
        return new(
            place.Source,
            Path.GetFileName(place.Folder),
            StampOf(place.Source),
            document?.Phrases.Count ?? 0,
            found.Count,
            found.Count == 0 ? null : Math.Round(found.Average(phrase => phrase.Score), 6),
            fault
        );
    }

    /// <summary>Whether this is still true of a picture: grounded, in the same folder, and nothing changed since.</summary>
    public bool IsStill(PicturePlace place) =>
        Fault is null
        && Picture == place.Source
        && Picture != PicturePlace.StandardInput
        && Stamp == StampOf(place.Source)
        && Directory.Exists(place.Folder);

    private static string StampOf(string picture) =>
        string.Join(
            ' ',
            new[] { picture, Path.ChangeExtension(picture, ".txt") }
                .Select(path => new FileInfo(path))
                .Select(file => file.Exists ? $"{file.Length}:{file.LastWriteTimeUtc.Ticks}" : "-")
        );
}
