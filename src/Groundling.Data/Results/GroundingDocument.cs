using System.Text.Json;
using System.Text.Json.Serialization;

namespace Groundling;

/// <summary>
/// A grounding without its picture, as JSON holds it: phrases.json, <c>ground --json</c> and the service's answers.
/// <see cref="ToJson"/> and System.Text.Json under any options give the same names.
/// </summary>
public record GroundingDocument
{
    /// <summary>What the picture is called; left out where nobody named it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonPropertyName("image")]
    public string? Image { get; init; }

    /// <summary>The picture's columns.</summary>
    [JsonPropertyName("width")]
    public required int Width { get; init; }

    /// <summary>The picture's rows.</summary>
    [JsonPropertyName("height")]
    public required int Height { get; init; }

    /// <summary>The caption without brackets.</summary>
    [JsonPropertyName("caption")]
    public required string Caption { get; init; }

    /// <summary>What made the masks; left out where that is not known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonPropertyName("made_by")]
    public GroundingOrigin? MadeBy { get; init; }

    /// <summary>The phrases in the caption's order.</summary>
    [JsonPropertyName("phrases")]
    public required IReadOnlyList<PhraseDocument> Phrases { get; init; }

    /// <summary>A grounding as a document.</summary>
    /// <param name="grounding">What to write.</param>
    /// <param name="image">What the document calls the picture.</param>
    public static GroundingDocument From(Grounding grounding, string? image = null)
    {
        ArgumentNullException.ThrowIfNull(grounding);
        return new()
        {
            Image = image,
            Width = grounding.Picture.Width,
            Height = grounding.Picture.Height,
            Caption = grounding.Caption.Text,
            MadeBy = grounding.Origin,
            Phrases = [.. grounding.Phrases.Select(PhraseDocument.From)],
        };
    }

    /// <summary>Reads what <see cref="ToJson"/> wrote; members that are not known here are passed over.</summary>
    /// <exception cref="InputException">It is no such document, or its numbers contradict each other.</exception>
    public static GroundingDocument Parse(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            var document =
                JsonSerializer.Deserialize(json, GroundingJsonContext.Indented.GroundingDocument)
                ?? throw new InputException("a grounding's JSON is null; give an object as phrases.json holds it");
            foreach (var phrase in document.Phrases)
                (phrase ?? throw new InputException("a grounding's phrase is null; the file was changed")).Require(document);
            return document;
        }
        catch (Exception e) when (e is JsonException or ArgumentException) // the latter of half a surrogate pair
        {
            throw new InputException($"no grounding as phrases.json holds it: {e.Message}", e);
        }
    }

    /// <summary>The document as JSON, with letters of all scripts as they are.</summary>
    /// <param name="indented">Over several lines, as phrases.json; otherwise in one.</param>
    public string ToJson(bool indented = true) =>
        JsonSerializer.Serialize(this, (indented ? GroundingJsonContext.Indented : GroundingJsonContext.OneLine).GroundingDocument);

    /// <summary>The phrases with their masks, where the picture itself is not needed.</summary>
    public IReadOnlyList<GroundedPhrase> ToPhrases() => [.. Phrases.Select(phrase => phrase.ToPhrase())];

    /// <summary>The grounding again, with the picture that it was made of, for figures and panoptic maps.</summary>
    /// <param name="picture">The picture.</param>
    /// <exception cref="InputException">The picture has another size.</exception>
    public Grounding ToGrounding(Picture picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        if ((picture.Width, picture.Height) != (Width, Height))
            throw new InputException(
                $"the grounding is of a picture of {Width} x {Height} pixels, not {picture.Width} x {picture.Height}; "
                    + "give the picture that it was made of"
            );
        var phrases = ToPhrases();
        return new(picture, new(Caption, [.. phrases.Select(phrase => phrase.Span)]), phrases) { Origin = MadeBy };
    }
}
