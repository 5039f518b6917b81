using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Groundling.Data.Editing;

/// <summary>
/// One step of editing a picture's annotation; as JSON an object whose <c>op</c> says which. A step is done whole or refused, and
/// <see cref="Undo"/> takes it back.
/// </summary>
/// <remarks>A phrase is known by where it begins in its caption, in UTF-16 units; a segment by its id.</remarks>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "op")]
[JsonDerivedType(typeof(SetCaption), "set_caption")]
[JsonDerivedType(typeof(AddPhrase), "add_phrase")]
[JsonDerivedType(typeof(MovePhrase), "move_phrase")]
[JsonDerivedType(typeof(RemovePhrase), "remove_phrase")]
[JsonDerivedType(typeof(Assign), "assign")]
[JsonDerivedType(typeof(AddSegment), "add_segment")]
[JsonDerivedType(typeof(RemoveSegment), "remove_segment")]
[JsonDerivedType(typeof(SetCategory), "set_category")]
[JsonDerivedType(typeof(Paint), "paint")]
[JsonDerivedType(typeof(Batch), "batch")]
[JsonDerivedType(typeof(Undo), "undo")]
[JsonDerivedType(typeof(Redo), "redo")]
public abstract record Edit
{
    private static readonly JsonSerializerOptions Style = new(JsonSerializerOptions.Strict)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        AllowOutOfOrderMetadataProperties = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private Edit() { }

    /// <summary>Reads an edit's JSON.</summary>
    /// <exception cref="InputException">It is no such object.</exception>
    public static Edit Parse(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            return JsonSerializer.Deserialize<Edit>(json, Style) ?? throw new InputException("an edit is null; give an object with \"op\"");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException) // without "op" the type stays abstract
        {
            throw new InputException($"no edit: {(e is JsonException ? e.Message : "\"op\" is missing")}", e);
        }
    }

    /// <summary>The edit as JSON, in one line.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Style);

    /// <summary>Rewrites a caption. Phrases stay on their words as far as these stay, unless the new ones are given.</summary>
    /// <param name="Text">The caption; line ends become blanks.</param>
    /// <param name="Narrative">Which of the picture's narratives, from 0.</param>
    public sealed record SetCaption(string Text, int Narrative = 0) : Edit
    {
        /// <summary>Beginning and end of each phrase in the new text; null keeps the old phrases.</summary>
        public IReadOnlyList<IReadOnlyList<int>>? Phrases { get; init; }
    }

    /// <summary>Makes words a phrase. Blanks at its ends are left out.</summary>
    /// <param name="Start">Where it begins.</param>
    /// <param name="End">Where it ends.</param>
    /// <param name="Narrative">Which narrative.</param>
    public sealed record AddPhrase(int Start, int End, int Narrative = 0) : Edit
    {
        /// <summary>What it stands for; may be empty.</summary>
        public IReadOnlyList<int> Segments { get; init; } = [];
    }

    /// <summary>Moves a phrase's ends.</summary>
    /// <param name="Phrase">Where it begins now.</param>
    /// <param name="Start">Where it is to begin.</param>
    /// <param name="End">Where it is to end.</param>
    /// <param name="Narrative">Which narrative.</param>
    public sealed record MovePhrase(int Phrase, int Start, int End, int Narrative = 0) : Edit;

    /// <summary>Makes a phrase mere words again; its segments stay.</summary>
    /// <param name="Phrase">Where it begins.</param>
    /// <param name="Narrative">Which narrative.</param>
    public sealed record RemovePhrase(int Phrase, int Narrative = 0) : Edit;

    /// <summary>Says what a phrase stands for, in place of what it stood for before; several segments make it plural.</summary>
    /// <param name="Phrase">Where it begins.</param>
    /// <param name="Segments">The segments; none leaves it ungrounded.</param>
    /// <param name="Narrative">Which narrative.</param>
    public sealed record Assign(int Phrase, IReadOnlyList<int> Segments, int Narrative = 0) : Edit;

    /// <summary>Makes a segment.</summary>
    /// <param name="Category">The category's name; a new one is added to the data's.</param>
    /// <param name="IsThing">Whether it is a thing; else it is stuff.</param>
    public sealed record AddSegment(string Category, bool IsThing = true) : Edit
    {
        /// <summary>Its id; null takes <see cref="EditState.NextSegment"/>.</summary>
        public int? Id { get; init; }

        /// <summary>Its pixels, taken from whatever has them; null for none yet.</summary>
        public RunLengthMask? Mask { get; init; }
    }

    /// <summary>Removes a segment: its pixels belong to none, its phrases lose it.</summary>
    /// <param name="Segment">Its id.</param>
    public sealed record RemoveSegment(int Segment) : Edit;

    /// <summary>Says what a segment is.</summary>
    /// <param name="Segment">Its id.</param>
    /// <param name="Category">The category's name; a new one is added to the data's.</param>
    /// <param name="IsThing">Whether it is a thing; else it is stuff.</param>
    /// <param name="IsCrowd">Whether it is a group that was not taken apart.</param>
    public sealed record SetCategory(int Segment, string Category, bool IsThing = true, bool IsCrowd = false) : Edit;

    /// <summary>Gives pixels to a segment.</summary>
    /// <param name="Segment">Its id; 0 erases.</param>
    /// <param name="Mask">Which pixels, at the picture's size.</param>
    /// <param name="From">Only pixels of this segment, 0 for those of none; null for all.</param>
    public sealed record Paint(int Segment, RunLengthMask Mask, int? From = null) : Edit;

    /// <summary>Several edits as one step.</summary>
    /// <param name="Edits">At least one; neither <see cref="Undo"/> nor <see cref="Redo"/>.</param>
    public sealed record Batch(IReadOnlyList<Edit> Edits) : Edit;

    /// <summary>Takes the last step back.</summary>
    public sealed record Undo : Edit;

    /// <summary>Does again what was taken back last.</summary>
    public sealed record Redo : Edit;
}
