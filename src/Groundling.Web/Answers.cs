using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Groundling.Data;
using Groundling.Data.NounPhrases;
using Groundling.Export;

namespace Groundling.Web;

/// <summary>The answer of /v1/ground: what phrases.json holds, and how it was made.</summary>
internal sealed record GroundAnswer : GroundingDocument
{
    private static readonly JsonSerializerOptions Style = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public GroundAnswer() { }

    [SetsRequiredMembers]
    private GroundAnswer(GroundingDocument document, string method)
        : base(document) => Method = method;

    [Description("\"full\" or \"static\".")]
    [JsonPropertyOrder(1)]
    public required string Method { get; init; }

    [Description("The threshold that was used.")]
    [JsonPropertyOrder(1)]
    public double Threshold { get; init; }

    [Description("Where they were asked for: each phrase's probabilities, a value for every 4 x 4 pixels of the network's input.")]
    [JsonPropertyOrder(1)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ByteMap>? Probabilities { get; init; }

    [Description("What to know before trusting the masks; usually nothing.")]
    [JsonPropertyOrder(1)]
    public IReadOnlyList<string> Warnings { get; init; } = [];

    [Description("From the request's begin to its answer.")]
    [JsonPropertyOrder(1)]
    public double Milliseconds { get; init; }

    public static GroundAnswer Of(Grounding grounding, string method, double threshold, IReadOnlyList<ByteMap>? probabilities) =>
        new(From(grounding with { Origin = grounding.Origin is { } origin ? WithoutPlace(origin) : null }), method)
        {
            Threshold = threshold,
            Probabilities = probabilities,
            Warnings = grounding.Warnings,
        };

    /// <summary>Clients learn no path of this machine.</summary>
    private static GroundingOrigin WithoutPlace(GroundingOrigin origin) =>
        origin with
        {
            Trained = origin.Trained is { } folder ? Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)) : null,
        };

    public byte[] ToJson(double milliseconds) =>
        [.. JsonSerializer.SerializeToUtf8Bytes(this with { Milliseconds = Math.Round(milliseconds) }, Style), (byte)'\n'];
}

internal sealed record TraceAnswer(
    [property: Description("The phrase's text.")] string Phrase,
    [property: Description("Its attention by each method of the model.")] IReadOnlyList<MethodTrace> Methods
);

internal sealed record MethodTrace(
    [property: Description("\"full\" or \"static\".")] string Method,
    [property: Description("The UNet's transformer blocks in order.")] IReadOnlyList<BlockTrace> Blocks
);

internal sealed record BlockTrace(
    [property: Description("The block's usual name.")] string Block,
    [property: Description("Pixels of the network's input that a value stands for, each way.")] int Stride,
    [property: Description("The share of each place's attention that the phrase gets.")] ByteMap Map
);

internal sealed record StateAnswer([property: Description("\"loading\", \"ready\" or \"draining\".")] string State);

internal sealed record PhrasesRequest([property: Description("The caption.")] string Caption);

internal sealed record PhrasesAnswer(
    [property: Description("The caption without brackets.")] string Caption,
    [property: Description("Whether brackets marked the phrases.")] bool Marked,
    [property: Description("The phrases; none where none was found.")] IReadOnlyList<PhraseAnswer> Phrases
)
{
    /// <summary>The phrases of what somebody is typing: nothing is an answer, too.</summary>
    public static PhrasesAnswer Of(string caption)
    {
        var marked = caption.AsSpan().ContainsAny('[', ']');
        if (!marked && NounPhraseChunker.English.Chunk(caption).Count == 0)
            return new(caption, marked, []);
        var read = RequestException.About("caption", () => Groundling.Caption.Parse(caption));
        return new(
            read.Text,
            marked,
            [.. read.Phrases.Select(phrase => new PhraseAnswer(phrase.Text, phrase.Start, phrase.End, phrase.Plural))]
        );
    }
}

internal sealed record PhraseAnswer(
    [property: Description("Its text.")] string Text,
    [property: Description("Where it begins in the caption without brackets, in UTF-16 units.")] int Start,
    [property: Description("Where it ends.")] int End,
    [property: Description("Whether it names several things; missing where brackets marked it.")] bool? Plural
);

internal sealed record ModelAnswer(
    [property: Description("The model's name.")] string? Name,
    [property: Description("\"loading\", \"ready\" or \"draining\".")] string State,
    [property: Description("\"full\" and \"static\", the best first.")] IReadOnlyList<string>? Methods,
    [property: Description("The network's longer side in pixels, unless a request says otherwise.")] int? NativeSize,
    [property: Description("The threshold, unless a request says otherwise.")] double? Threshold,
    [property: Description("The largest body, in MiB.")] int MaxMegabytes,
    [property: Description("The largest picture, in million pixels.")] int MaxMegapixels,
    [property: Description("The largest size that a request may ask for.")] int MaxSize,
    [property: Description("The most million pixels times phrases of a request.")] int MaxWork,
    [property: Description("The colours of phrases, in order.")] IReadOnlyList<string> Palette,
    [property: Description("The formats of /v1/export.")] IReadOnlyList<string> ExportFormats
)
{
    private static readonly string[] Colours =
    [
        .. PhrasePalette.Take(GroundRequest.MostPhrases).Select(colour => $"#{colour.R:x2}{colour.G:x2}{colour.B:x2}"),
    ];

    public static ModelAnswer Of(Service service) =>
        new(
            service.Model?.Name,
            service.State,
            service.Model?.Methods,
            service.Model?.NativeSize,
            service.Model?.Threshold,
            service.Options.MaxMegabytes,
            service.Options.MaxMegapixels,
            service.Options.MaxSize,
            service.Options.MaxWork,
            Colours,
            Exporter.Formats
        );
}
