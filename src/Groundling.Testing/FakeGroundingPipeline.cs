using System.Collections.Concurrent;

namespace Groundling.Testing;

/// <summary>
/// A pipeline without a model, for tests of what is built on one: answers with given masks and remembers what it was asked. Safe for use
/// from several threads.
/// </summary>
/// <example>
/// <code>
/// var pipeline = new FakeGroundingPipeline { Boxes = { ["a dog"] = new Box(10, 20, 30, 40) } };
/// var page = new GalleryPage(pipeline);                        // whatever takes an IGroundingPipeline
/// Assert.Equal("[a dog] on [a sofa]", pipeline.Calls.Single().Caption.Text);
/// </code>
/// </example>
public sealed class FakeGroundingPipeline : IGroundingPipeline
{
    private readonly ConcurrentQueue<GroundingCall> _calls = new();

    /// <inheritdoc/>
    public GroundingOrigin Origin { get; init; } = new("fake", null, "given masks", "given");

    /// <inheritdoc/>
    public double Threshold { get; init; } = 0.5;

    /// <inheritdoc/>
    public int NativeSize { get; init; } = 512;

    /// <summary>
    /// Where each phrase is, by its text; cut at the picture's edges. Others are found nowhere: an empty mask with score 0.
    /// </summary>
    public IDictionary<string, Box> Boxes { get; } = new Dictionary<string, Box>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Says where a phrase is in a picture, instead of <see cref="Boxes"/>; the mask has the picture's size.</summary>
    public Func<Picture, PhraseSpan, RunLengthMask>? Mask { get; init; }

    /// <summary>The score of every mask that is not empty, 0 to 1.</summary>
    public double Score { get; init; } = 0.9;

    /// <summary>Thrown instead of an answer, where there is one.</summary>
    public Exception? Fault { get; set; }

    /// <summary>What it was asked, in order.</summary>
    public IReadOnlyList<GroundingCall> Calls => [.. _calls];

    /// <inheritdoc/>
    public Grounding Ground(Picture picture, Caption caption, GroundingOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentNullException.ThrowIfNull(caption);
        options = (options ?? new()).Validated();
        cancellation.ThrowIfCancellationRequested();
        _calls.Enqueue(new(picture, caption, options));
        if (Fault is not null)
            throw Fault;
        return new(picture, caption, [.. caption.Phrases.Select(phrase => Answer(picture, phrase))]) { Origin = Origin };
    }

    private GroundedPhrase Answer(Picture picture, PhraseSpan phrase)
    {
        var box = Within(picture, Boxes.TryGetValue(phrase.Text, out var given) ? given : default);
        var mask = Mask?.Invoke(picture, phrase) ?? RunLengthMask.FromBox(box, picture.Width, picture.Height);
        if ((mask.Width, mask.Height) != (picture.Width, picture.Height))
            throw new InvalidOperationException(
                $"The mask given for \"{phrase.Text}\" is of {mask.Width} x {mask.Height} pixels, "
                    + $"the picture of {picture.Width} x {picture.Height}."
            );
        return new(phrase, mask.Area == 0 ? 0 : Score, mask);
    }

    private static Box Within(Picture picture, Box box)
    {
        var (left, top) = (Math.Clamp(box.X, 0, picture.Width), Math.Clamp(box.Y, 0, picture.Height));
        var (right, bottom) = (
            (int)Math.Clamp((long)box.X + box.Width, left, picture.Width),
            (int)Math.Clamp((long)box.Y + box.Height, top, picture.Height)
        );
        return new(left, top, right - left, bottom - top);
    }
}
