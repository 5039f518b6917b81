using System.Globalization;
using System.Text.Json;
using Groundling.Core;

namespace Groundling.Export.Masks;

/// <summary>A folder a picture: a PNG a phrase, 8-bit grey, 255 inside and 0 outside, and masks.json, which says what each is.</summary>
internal sealed class MaskPngs(string folder) : IExportFormat
{
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
        FolderWriter.Write(
            Path.Combine(folder, picture.Picture.Name),
            [
                .. entries.Zip(picture.Phrases, (entry, phrase) => (entry.File, phrase.Mask.EncodePng())),
                ("masks.json", JsonSerializer.SerializeToUtf8Bytes(entries, ExportJsonContext.Plain.IEnumerableMaskEntry)),
            ]
        );
    }

    public string Finish(IReadOnlyList<Category> categories) => folder;

    public void Dispose() { }

    /// <summary>01-dog.png; letters and digits only, whatever the category is called.</summary>
    private static string FileName(int place, Category category)
    {
        var letters = string.Concat(category.Name.Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-').Take(40)).Trim('-');
        return string.Create(CultureInfo.InvariantCulture, $"{place + 1:00}{(letters.Length > 0 ? "-" : "")}{letters}.png");
    }
}

internal sealed record MaskEntry(string File, string Category, PhraseRecord Attributes);
