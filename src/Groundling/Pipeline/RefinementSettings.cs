using System.Globalization;
using System.Numerics;
using Groundling.Decoding;
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
    /// Whether the walk knows only the self-attention of the UNet's upward blocks, which have seen the whole picture; the downward ones
    /// join what looks alike.
    /// </summary>
    public bool UpwardWalks { get; init; }

    /// <summary>
    /// To which power the mean self-attention is taken before a pixel's shares sum to 1 again: the more, the nearer a step keeps to the
    /// pixels that are most alike.
    /// </summary>
    public int WalkSharpness { get; init; } = 1;

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
                "times" => settings with { Times = [.. text.Split(',').Select(one => Number<int>(change, one))] },
                "strides" => settings with { StrideWeights = [.. text.Split(',').Select(one => Number<double>(change, one))] },
                "null" => settings with { NullPhrase = Switch(change, text) },
                "blur" => settings with { Blur = Number<double>(change, text) },
                "walks" => settings with { Walks = Number<int>(change, text) },
                "up" => settings with { UpwardWalks = Switch(change, text) },
                "sharpness" => settings with { WalkSharpness = Number<int>(change, text) },
                "colours" => settings with { ColourWalks = Number<int>(change, text) },
                "contrast" => settings with { Contrast = Number<double>(change, text) },
                "flip" => settings with { Flip = Switch(change, text) },
                "threshold" => settings with { Threshold = Number<double>(change, text) },
                _ => throw new InputException(
                    $"the refinement has no '{key}': times, strides, null, blur, walks, up, sharpness, colours, contrast, flip, threshold"
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
        if (
            StrideWeights is not { Count: Strides }
            || StrideWeights.Any(weight => !(weight >= 0 && double.IsFinite(weight)))
            || StrideWeights.Sum() <= 0
        )
            throw new InputException("the refinement's stride weights are four numbers, for 8, 16, 32 and 64, of which one is more than 0");
        foreach (var time in Times)
            Require("times", time, 0, 999);
        Require("blur", Blur, 0, 16);
        Require("walks", Walks, 0, 64);
        Require("sharpness", WalkSharpness, 1, 8);
        Require("colours", ColourWalks, 0, ColourWalk.MostSteps);
        Require("contrast", Contrast, ColourWalk.LeastContrast, ColourWalk.MostContrast);
        if (!(Threshold is >= 0 and < 1))
            throw new InputException($"the refinement's threshold of {Threshold} is out of range: from 0 up to, but not including, 1");
        return this;
    }

    /// <summary>The settings as <see cref="With"/> reads them.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"times={string.Join(',', Times)} strides={Joined(StrideWeights)} null={(NullPhrase ? 1 : 0)} blur={Blur} walks={Walks} up={(UpwardWalks ? 1 : 0)} sharpness={WalkSharpness} colours={ColourWalks} contrast={Contrast} flip={(Flip ? 1 : 0)} threshold={Threshold}"
        );

    private static string Joined(IEnumerable<double> numbers) =>
        string.Join(',', numbers.Select(number => number.ToString(CultureInfo.InvariantCulture)));

    private static T Number<T>(string change, string text)
        where T : struct, INumber<T> =>
        T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new InputException($"the refinement's {change} is no {(typeof(T) == typeof(int) ? "whole " : "")}number");

    private static bool Switch(string change, string text) =>
        text switch
        {
            "0" => false,
            "1" => true,
            _ => throw new InputException($"the refinement's {change} is neither 0 nor 1"),
        };

    private static void Require(string name, double value, double least, double most)
    {
        if (!(value >= least && value <= most))
            throw new InputException(
                string.Create(CultureInfo.InvariantCulture, $"the refinement's {name} of {value} is out of range: from {least} to {most}")
            );
    }
}
