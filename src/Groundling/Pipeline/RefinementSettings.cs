using System.Globalization;
using System.Numerics;
using Groundling.Diffusion;

namespace Groundling;

/// <summary>
/// How <see cref="MaskHead.Refined"/> reads a UNet's attention; left alone, much as the literature does with Stable Diffusion 1.5.
/// </summary>
public sealed record RefinementSettings
{
    /// <summary>How many strides have a weight: 8, 16, 32 and 64.</summary>
    public const int Strides = 4;

    private const string ModelsOwn = "_groundling_refinement";
    private const int LatestTime = 999,
        MostWalks = 64,
        MostColourWalks = 200;
    private const double WidestBlur = 16,
        LeastContrast = 0.001,
        LargestContrast = 1;

    /// <summary>
    /// The time steps whose noise is added to the latents, a UNet pass each, whose readings are averaged; 1 adds none. Words decide more
    /// where there is noise.
    /// </summary>
    public IReadOnlyList<int> Times { get; init; } = [100];

    /// <summary>How much the blocks of strides 8, 16, 32 and 64 count; only their ratios matter.</summary>
    public IReadOnlyList<double> StrideWeights { get; init; } = [0.15, 0.7, 0.15, 0];

    /// <summary>
    /// Whether the null phrase keeps its part of each pixel's attention; otherwise the phrases share all of it. Stable Diffusion gives it
    /// most, and maps are flat with it; a model that leaves it only what no phrase names tells more with it.
    /// </summary>
    public bool NullPhrase { get; init; }

    /// <summary>Standard deviation of a Gaussian over the maps, in pixels of the finest blocks; 0 leaves them.</summary>
    public double Blur { get; init; } = 0.5;

    /// <summary>
    /// How often maps are multiplied by the mean self-attention of the finest blocks: steps of a random walk over pixels. Each such block
    /// takes (hw)^2 numbers for it, 64 MB at Stable Diffusion's size.
    /// </summary>
    public int Walks { get; init; } = 2;

    /// <summary>
    /// How often each pixel of the maps, at half the network's size, takes the mean of pixels around it by how near their colours are, so
    /// that masks end where colours do; 0 leaves them as coarse as the blocks.
    /// </summary>
    public int ColourWalks { get; init; }

    /// <summary>
    /// How far colours may differ and be near: a standard deviation, where a channel's values lie between 0 and 1. Photographs need more
    /// than drawings.
    /// </summary>
    public double Contrast { get; init; } = 0.03;

    /// <summary>Whether the mirrored latents are read too, and both readings averaged.</summary>
    public bool Flip { get; init; }

    /// <summary>Where a phrase begins, between the least and the largest value of its map, where no other threshold is asked for.</summary>
    public double Threshold { get; init; } = 0.5;

    /// <summary>
    /// How a model asks to be read, since its blocks are its own: what <c>_groundling_refinement</c> in its <c>model_index.json</c>
    /// changes, as "walks=1 threshold=0.7"; the usual settings where it says nothing.
    /// </summary>
    /// <param name="modelFolder">As <see cref="GroundingPipelineOptions.ModelFolder"/>.</param>
    /// <exception cref="ModelException">The file cannot be read, or the settings cannot be used; the message names the file.</exception>
    public static RefinementSettings Of(string modelFolder)
    {
        var changes = ModelFolder.OwnText(modelFolder, ModelsOwn).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        try
        {
            return new RefinementSettings().With(changes);
        }
        catch (InputException fault)
        {
            throw new ModelException($"{Path.Combine(modelFolder, ModelFolder.IndexName)}: {ModelsOwn}: {fault.Message}", fault);
        }
    }

    /// <summary>The settings with others in place of some.</summary>
    /// <param name="changes">As "walks=1" or "times=1,100".</param>
    /// <exception cref="InputException">A key is not known, or a value is none of its kind or out of its range.</exception>
    public RefinementSettings With(IEnumerable<string> changes)
    {
        var settings = this;
        foreach (var change in changes)
        {
            var (key, text) = change.Split('=', 2) is [var name, var rest] ? (name, rest) : (change, "");
            settings = key switch
            {
                "times" => settings with { Times = [.. text.Split(',').Select(one => Number(change, one, 0, LatestTime))] },
                "strides" => settings with { StrideWeights = [.. text.Split(',').Select(one => Number(change, one, 0, 1e6))] },
                "null" => settings with { NullPhrase = Number(change, text, 0, 1) == 1 },
                "blur" => settings with { Blur = Number(change, text, 0, WidestBlur) },
                "walks" => settings with { Walks = Number(change, text, 0, MostWalks) },
                "colours" => settings with { ColourWalks = Number(change, text, 0, MostColourWalks) },
                "contrast" => settings with { Contrast = Number(change, text, LeastContrast, LargestContrast) },
                "flip" => settings with { Flip = Number(change, text, 0, 1) == 1 },
                "threshold" => settings with { Threshold = Number(change, text, 0.0, 1) },
                _ => throw new InputException(
                    $"the refinement has no '{key}': times, strides, null, blur, walks, colours, contrast, flip, threshold"
                ),
            };
        }
        return settings.Validated();
    }

    /// <summary>The settings, or an error that names the one that cannot be used.</summary>
    /// <exception cref="InputException">A value is out of its range.</exception>
    public RefinementSettings Validated()
    {
        if (Times is not { Count: > 0 })
            throw new InputException("the refinement's times are empty; 1 reads without noise");
        if (StrideWeights is not { Count: Strides } || StrideWeights.Any(weight => !(weight >= 0)) || StrideWeights.Sum() <= 0)
            throw new InputException("the refinement's stride weights are four numbers, for 8, 16, 32 and 64, of which one is more than 0");
        if (!(Blur is >= 0 and <= WidestBlur) || Walks is < 0 or > MostWalks || Times.Any(time => time is < 0 or > LatestTime))
            throw new InputException(
                $"the refinement is out of range: times of 0 to {LatestTime}, a blur of 0 to {WidestBlur}, 0 to {MostWalks} walks"
            );
        if (ColourWalks is < 0 or > MostColourWalks || !(Contrast is >= LeastContrast and <= LargestContrast))
            throw new InputException(
                $"the refinement is out of range: 0 to {MostColourWalks} walks along colours, a contrast of {LeastContrast} to {LargestContrast}"
            );
        if (!(Threshold is >= 0 and < 1))
            throw new InputException($"the refinement's threshold of {Threshold} is out of range: 0 up to, but not including, 1");
        return this;
    }

    /// <summary>The settings as <see cref="With"/> reads them.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"times={string.Join(',', Times)} strides={Joined(StrideWeights)} null={(NullPhrase ? 1 : 0)} blur={Blur} walks={Walks} colours={ColourWalks} contrast={Contrast} flip={(Flip ? 1 : 0)} threshold={Threshold}"
        );

    private static string Joined(IEnumerable<double> numbers) =>
        string.Join(',', numbers.Select(number => number.ToString(CultureInfo.InvariantCulture)));

    private static T Number<T>(string change, string text, T least, T most)
        where T : struct, INumber<T> =>
        T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new InputException($"the refinement's {change} is no number from {least} to {most}");
}
