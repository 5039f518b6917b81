using System.ComponentModel;
using System.Text.Json.Serialization;
using Groundling.Data;
using Microsoft.AspNetCore.Http;

namespace Groundling.Web;

/// <summary>What a client asks: a picture, a caption, and how to ground it.</summary>
internal record GroundRequest
{
    /// <summary>The most phrases of one request.</summary>
    public const int MostPhrases = 256;

    /// <summary>Pixels from which on a picture takes long to decode.</summary>
    public const long LargePicture = 2_000_000;

    private const int MostCharacters = 10_000;

    /// <summary>Pixels times phrases from which on a request is large: masks are made at the picture's own size.</summary>
    private const long LargeMasks = 32_000_000;

    private const int LargePhrases = 64;

    [Description("A PNG, JPEG, WebP, GIF or BMP file: base64 in JSON, the file itself in a form.")]
    public byte[]? Image { get; init; }

    [Description(
        "A sentence or more, 10,000 characters at most. Phrases in [brackets] are grounded; without brackets, its noun phrases (English)."
    )]
    public string? Caption { get; init; }

    [Description(
        "The phrases to ground instead, parts of the caption, 256 at most; without a caption they are the caption. In a form: separated by semicolons, or a field each."
    )]
    [JsonConverter(typeof(PhraseListConverter))]
    public IReadOnlyList<string>? Phrases { get; init; }

    [Description(
        "A pixel belongs to a phrase when its probability is greater: 0 up to, but not including, 1. The model's own if not given."
    )]
    public double? Threshold { get; init; }

    [Description(
        "The network's longer side in pixels, 64 to max_size of /v1/model; 0 keeps the picture's own. The model's own if not given."
    )]
    public int? Size { get; init; }

    [Description("\"full\" uses the model's trained parts, \"static\" leaves them out. The best there is if not given.")]
    public string? Method { get; init; }

    [Description("Whether the answer carries each phrase's probabilities, for thresholds of one's own.")]
    public bool Probabilities { get; init; }

    /// <summary>A caption that is not too long.</summary>
    public static string Short(string caption) =>
        caption.Length <= MostCharacters
            ? caption
            : throw Fault(
                "caption",
                $"the caption has {caption.Length} characters; {MostCharacters} are allowed: shorten it or send it in parts"
            );

    /// <summary>Refuses a list of more phrases than a request may have, as it is read.</summary>
    public static void RequireRoomFor(int phrases)
    {
        if (phrases > MostPhrases)
            throw Fault("phrases", $"there are more than {MostPhrases} phrases; send them in parts");
    }

    /// <summary>The caption with its phrases: those named, else those in brackets, else its noun phrases.</summary>
    public Caption ReadCaption()
    {
        if (Caption is not null)
            Short(Caption);
        var read =
            Phrases is not null ? RequestException.About("phrases", () => Groundling.Caption.FromPhrases(Caption, Phrases))
            : Caption is null
                ? throw Fault("caption", "there is no caption; send the field 'caption', with its phrases in [brackets] or without")
            : RequestException.About("caption", () => Groundling.Caption.Parse(Caption));
        return read.Phrases.Count <= MostPhrases
            ? read
            : throw Fault(
                Phrases is null ? "caption" : "phrases",
                $"there are {read.Phrases.Count} phrases; {MostPhrases} are allowed: send them in parts"
            );
    }

    private byte[] File => Image ?? throw Fault("image", "there is no picture; send the field 'image'");

    /// <summary>About how much memory its fields take.</summary>
    [JsonIgnore]
    public long Bytes =>
        (Image?.LongLength ?? 0) + sizeof(char) * ((Caption?.Length ?? 0) + (Phrases?.Sum(phrase => (long)phrase.Length) ?? 0));

    /// <summary>Refuses what is more work than one request may ask for.</summary>
    /// <returns>
    /// The pixels that the picture says it has, the most there may be where it does not say; and whether the work is large.
    /// </returns>
    public (long Pixels, bool IsLarge) RequireWork(Caption caption, ModelFacts model, ServiceOptions options)
    {
        long most = 1_000_000L * options.MaxMegapixels,
            pixels = Math.Min(Picture.DeclaredPixels(File) ?? most, most),
            masks = pixels * caption.Phrases.Count;
        if (masks > 1_000_000L * options.MaxWork)
            throw Fault(
                Phrases is null ? "caption" : "phrases",
                $"{caption.Phrases.Count} masks of {pixels / 1e6:0.#} million pixels are {masks / 1_000_000} million; {options.MaxWork} million are allowed: send a smaller picture, or the phrases in parts"
            );
        var isLarge = masks > LargeMasks || caption.Phrases.Count > LargePhrases || Size == 0 || Size > model.NativeSize;
        return (pixels, isLarge);
    }

    /// <summary>The picture, decoded; what its header declares is checked first.</summary>
    public Picture ReadPicture(long mostPixels, int mostSize, CancellationToken cancellation)
    {
        var picture = RequestException.About("image", () => Picture.Decode(File, "the picture", mostPixels, cancellation));
        return Size != 0 || Math.Max(picture.Width, picture.Height) <= mostSize
            ? picture
            : throw Fault(
                "size",
                $"a picture of {picture.Width} x {picture.Height} pixels is too large for its own size to be kept (size 0): {mostSize} are allowed here; give a size"
            );
    }

    /// <summary>The method to use.</summary>
    /// <param name="offered">Those that there are, the best first.</param>
    public string ReadMethod(IReadOnlyList<string> offered) =>
        Method is null ? offered[0]
        : offered.Contains(Method) ? Method
        : throw Fault("method", $"the method is not offered by this model; there is {string.Join(" and ", offered)}");

    /// <summary>Checks what only some requests have.</summary>
    public virtual void Check(Caption caption) { }

    /// <summary>Size and threshold, in range.</summary>
    public GroundingOptions ReadOptions(int mostSize)
    {
        if (Size > mostSize)
            throw Fault("size", $"a size of {Size} pixels is out of range: {mostSize} are allowed here");
        var size = RequestException.About("size", () => new GroundingOptions { Size = Size }.Validated());
        return Threshold is { } threshold
            ? RequestException.About("threshold", () => (size with { Threshold = threshold }).Validated())
            : size;
    }

    protected static RequestException Fault(string parameter, string detail) => new(StatusCodes.Status400BadRequest, detail, parameter);
}

/// <summary>What a client asks who wants to look inside: the same, and which phrase.</summary>
internal sealed record TraceRequest : GroundRequest
{
    [Description("Which phrase's attention, counted from 0 in the caption's order.")]
    public int Phrase { get; init; }

    /// <inheritdoc/>
    public override void Check(Caption caption)
    {
        if (Phrase < 0 || Phrase >= caption.Phrases.Count)
            throw Fault("phrase", $"phrase {Phrase} is out of range: 0 to {caption.Phrases.Count - 1}");
    }
}
