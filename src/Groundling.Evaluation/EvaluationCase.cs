using Groundling.Data;
using Groundling.Data.Benchmark;

namespace Groundling.Evaluation;

/// <summary>One narrative to be judged; picture and ground truth are read when first asked for.</summary>
public sealed class EvaluationCase
{
    private readonly BenchmarkFaults _faults = new();
    private readonly Lazy<Picture> _picture;
    private readonly Lazy<IReadOnlyList<RunLengthMask>> _truth;

    /// <param name="example">The narrative, with at least one phrase.</param>
    /// <param name="numbers">For each phrase its place among the record's phrases with ground truth.</param>
    public EvaluationCase(BenchmarkExample example, IReadOnlyList<int> numbers)
    {
        (Example, Numbers) = (example, numbers);
        _picture = new(example.LoadPicture);
        _truth = new(() => example.LoadMasks(_faults));
    }

    /// <summary>The narrative.</summary>
    public BenchmarkExample Example { get; }

    /// <summary>
    /// For each phrase its place among the record's phrases with ground truth; phrases that had to be left out leave gaps.
    /// </summary>
    public IReadOnlyList<int> Numbers { get; }

    /// <summary>The picture.</summary>
    /// <exception cref="InputException">The file is not a readable picture.</exception>
    public Picture Picture => _picture.Value;

    /// <summary>Each phrase's ground truth at the annotation's size. Only the judge and the oracle may look.</summary>
    /// <exception cref="InputException">The panoptic PNG cannot be read.</exception>
    public IReadOnlyList<RunLengthMask> Truth => _truth.Value;

    /// <summary>Segments whose pixel count is not their annotated area, once <see cref="Truth"/> was read.</summary>
    public int WrongAreas => _faults[FaultKind.WrongArea];

    /// <summary>Whether the picture was read and has another size than its annotation.</summary>
    public bool OtherSize => _picture.IsValueCreated && (Picture.Width, Picture.Height) != (Truth[0].Width, Truth[0].Height);
}
