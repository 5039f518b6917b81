using Groundling.Data;
using Groundling.Data.Benchmark;
using Groundling.Losses;

namespace Groundling.Training;

/// <summary>A narrative to learn from, read from disk.</summary>
/// <param name="Place">Its place in the run's row of narratives.</param>
/// <param name="Source">Picture and caption for the encoders.</param>
/// <param name="Masks">Each phrase's mask on the network's grid, [H_0, W_0] bytes of 0 and 1.</param>
/// <param name="Classes">Each phrase's category, 0 to K - 1; -1 where it has none.</param>
/// <param name="Absent">The place of the phrase that names what is not in the picture; null where all of them are there.</param>
internal sealed record TrainingNarrative(
    long Place,
    NarrativeSource Source,
    IReadOnlyList<byte[]> Masks,
    IReadOnlyList<long> Classes,
    int? Absent
)
{
    /// <summary>
    /// Whether the narrative at a place is mirrored, as half of them are where a run mirrors; it follows from the seed alone.
    /// </summary>
    public static bool IsMirrored(ulong seed, long place) => (StepSeed.Of(seed, RunStreams.Mirrors, (ulong)place) & 1) != 0;

    /// <summary>Reads one; safe on any thread.</summary>
    /// <param name="place">Its place in the run's row of narratives.</param>
    /// <param name="example">The narrative.</param>
    /// <param name="absent">Its caption with a phrase of what is not there, to be taken instead; null for its own.</param>
    /// <param name="mirrored">Whether it is mirrored.</param>
    /// <param name="encoders">The frozen encoders.</param>
    /// <param name="size">The network's side.</param>
    /// <param name="classOf">Categories' classes.</param>
    /// <exception cref="InputException">A file cannot be read, or the sizes do not agree.</exception>
    public static TrainingNarrative Read(
        long place,
        BenchmarkExample example,
        AbsentPhrase? absent,
        bool mirrored,
        FrozenEncoders encoders,
        int size,
        IReadOnlyDictionary<int, int> classOf
    )
    {
        var map = PanopticMap.Load(example.PanopticPath);
        var letterbox = Letterbox.Fit(map.Width, map.Height, size).Squared();
        var source = encoders.Read(example.PicturePath, absent?.Caption ?? example.Caption, letterbox, mirrored);
        return new(
            place,
            source,
            [.. example.Phrases.Select(Mask)],
            [.. example.Phrases.Select((phrase, i) => i == absent?.Phrase ? -1 : Class(phrase))],
            absent?.Phrase
        );

        byte[] Mask(BenchmarkPhrase phrase)
        {
            var mask = map.MaskOf([.. phrase.Segments.Select(segment => segment.Id)]);
            return letterbox.ToNetwork(mirrored ? mask.Mirrored() : mask).ToBytes();
        }

        long Class(BenchmarkPhrase phrase) =>
            GroundingTarget.CategoryOf(
                phrase.Segments.Select(segment => (classOf.GetValueOrDefault(segment.CategoryId, -1), (long)segment.Area))
            ) ?? -1;
    }
}
