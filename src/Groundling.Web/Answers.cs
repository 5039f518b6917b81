using System.ComponentModel;
using System.Text.Json;
using Groundling.Data;
using Groundling.Data.NounPhrases;

namespace Groundling.Web;

/// <summary>A grounding, and how it was made.</summary>
/// <param name="Grounding">Phrases and masks.</param>
/// <param name="Method">"full" or "static".</param>
/// <param name="Threshold">The threshold that was used.</param>
/// <param name="Probabilities">Each phrase's probabilities over the picture, where they were asked for.</param>
internal sealed record GroundAnswer(Grounding Grounding, string Method, double Threshold, IReadOnlyList<ByteMap>? Probabilities)
{
    /// <summary>The answer as JSON; its phrases are those of phrases.json. <see cref="GroundDocument"/> says what it holds.</summary>
    public byte[] ToJson(double milliseconds) => GroundingJson.Written(json =>
    {
        json.WriteStartObject();
        GroundingJson.WriteMembers(json, Grounding);
        json.WriteString("method", Method);
        json.WriteNumber("threshold", Threshold);
        if (Probabilities is not null)
        {
            json.WritePropertyName("probabilities");
            JsonSerializer.Serialize(json, Probabilities, RequestReader.Json);
        }
        json.WriteStartArray("warnings");
        foreach (var warning in Grounding.Warnings) json.WriteStringValue(warning);
        json.WriteEndArray();
        json.WriteNumber("milliseconds", Math.Round(milliseconds));
        json.WriteEndObject();
    });
}

internal sealed record TraceAnswer(
    [property: Description("The phrase's text.")] string Phrase,
    [property: Description("Its attention by each method of the model.")] IReadOnlyList<MethodTrace> Methods);

internal sealed record MethodTrace(
    [property: Description("\"full\" or \"static\".")] string Method,
    [property: Description("The UNet's transformer blocks in order.")] IReadOnlyList<BlockTrace> Blocks);

internal sealed record BlockTrace(
    [property: Description("The block's usual name.")] string Block,
    [property: Description("Pixels of the network's input that a value stands for, each way.")] int Stride,
    [property: Description("The share of each place's attention that the phrase gets.")] ByteMap Map);

internal sealed record StateAnswer([property: Description("\"loading\", \"ready\" or \"draining\".")] string State);

internal sealed record PhrasesRequest([property: Description("The caption.")] string Caption);

internal sealed record PhrasesAnswer(
    [property: Description("The caption without brackets.")] string Caption,
    [property: Description("Whether brackets marked the phrases.")] bool Marked,
    [property: Description("The phrases; none where none was found.")] IReadOnlyList<PhraseAnswer> Phrases)
{
    /// <summary>The phrases of what somebody is typing: nothing is an answer, too.</summary>
    public static PhrasesAnswer Of(string caption)
    {
        var marked = caption.AsSpan().ContainsAny('[', ']');
        if (!marked && NounPhraseChunker.English.Chunk(caption).Count == 0) return new(caption, marked, []);
        var read = RequestException.About("caption", () => Groundling.Caption.Parse(caption));
        return new(read.Text, marked, [.. read.Phrases.Select(phrase => new PhraseAnswer(phrase.Text, phrase.Start, phrase.End, phrase.Plural))]);
    }
}

internal sealed record PhraseAnswer(
    [property: Description("Its text.")] string Text,
    [property: Description("Where it begins in the caption without brackets, in UTF-16 units.")] int Start,
    [property: Description("Where it ends.")] int End,
    [property: Description("Whether it names several things; missing where brackets marked it.")] bool? Plural);

internal sealed record ModelAnswer(
    [property: Description("The model's name.")] string? Name,
    [property: Description("\"loading\", \"ready\" or \"draining\".")] string State,
    [property: Description("\"full\" and \"static\", the best first.")] IReadOnlyList<string>? Methods,
    [property: Description("The network's longer side in pixels, unless a request says otherwise.")] int? NativeSize,
    [property: Description("The threshold, unless a request says otherwise.")] double? Threshold,
    [property: Description("The largest body, in MiB.")] int MaxMegabytes,
    [property: Description("The largest picture, in million pixels.")] int MaxMegapixels,
    [property: Description("The largest size that a request may ask for.")] int MaxSize,
    [property: Description("The colours of phrases, in order.")] IReadOnlyList<string> Palette)
{
    private static readonly string[] Colours = [.. PhrasePalette.Take(GroundRequest.MostPhrases).Select(colour => $"#{colour.R:x2}{colour.G:x2}{colour.B:x2}")];

    public static ModelAnswer Of(Service service)
        => new(service.Model?.Name, service.State, service.Model?.Methods, service.Model?.NativeSize, service.Model?.Threshold, service.Options.MaxMegabytes, service.Options.MaxMegapixels, service.Options.MaxSize, Colours);
}
