using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Groundling.Core;

namespace Groundling.Export.Masks;

/// <summary>A folder a picture: a PNG a phrase, and masks.json, which says what each is.</summary>
/// <param name="folder">The format's folder.</param>
/// <param name="cutsOut">
/// Whether each PNG is the picture cut out along the mask, transparent around it and as large as its box; else it is the mask, 8-bit grey,
/// 255 inside and 0 outside.
/// </param>
internal sealed partial class MaskPngs(string folder, bool cutsOut) : IExportFormat
{
    private const string Index = "masks.json";

    public string Result => folder;

    public void Add(SortedPicture picture)
    {
        var entries = picture
            .Phrases.Index()
            .Select(phrase => new MaskEntry(
                FileName(phrase.Index, phrase.Item.Category),
                phrase.Item.Category.Name,
                phrase.Item.ToRecord()
            ))
            .ToList();
        var place = Path.Combine(folder, picture.Picture.Name);
        var before = FilesOf(Path.Combine(place, Index));
        var source = cutsOut ? CutOut.Source(picture) : null;
        FolderWriter.Write(
            place,
            [
                .. entries.Zip(
                    picture.EachPhrase(),
                    (entry, phrase) => (entry.File, source is null ? phrase.Mask.EncodePng() : CutOut.Encode(source, phrase.Mask))
                ),
                (Index, JsonSerializer.SerializeToUtf8Bytes(entries, ExportJsonContext.Plain.IEnumerableMaskEntry)),
            ]
        );
        foreach (var old in before.Except(entries.Select(entry => entry.File), StringComparer.OrdinalIgnoreCase))
            File.Delete(Path.Combine(place, old));
    }

    public void Finish(IReadOnlyList<Category> categories) { }

    public void Dispose() { }

    /// <summary>The masks that an earlier run wrote, by its list; none where there is no such list.</summary>
    private static List<string> FilesOf(string index)
    {
        try
        {
            var entries = JsonSerializer.Deserialize(File.ReadAllBytes(index), ExportJsonContext.Plain.IEnumerableMaskEntry);
            return [.. (entries ?? []).Select(entry => entry?.File ?? "").Where(file => OwnName().IsMatch(file))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return [];
        }
    }

    [GeneratedRegex(@"^\d\d+(-[A-Za-z0-9-]+)?\.png$")]
    private static partial Regex OwnName();

    /// <summary>01-dog.png; letters and digits only, whatever the category is called.</summary>
    private static string FileName(int place, Category category)
    {
        var letters = string.Concat(category.Name.Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-').Take(40)).Trim('-');
        return string.Create(CultureInfo.InvariantCulture, $"{place + 1:00}{(letters.Length > 0 ? "-" : "")}{letters}.png");
    }
}

internal sealed record MaskEntry(string File, string Category, PhraseRecord Attributes);
