namespace Groundling.Models;

/// <summary>The small model of a drawn world, with the paper's trained parts, and three pictures of that world to try it on.</summary>
/// <remarks>
/// 8.4 million frozen and 3.6 million trained parameters. It knows what <c>groundling scenes</c> draws and the words of its captions; of
/// photographs it makes nothing sensible. The package lays its files beside the program that is built with it.
/// </remarks>
/// <example>
/// <code>
/// using var pipeline = GroundingPipeline.Open(SceneModel.Folder);
/// var grounding = pipeline.Ground(SceneModel.Harbor.Read(), SceneModel.Harbor.Caption);
/// </code>
/// </example>
public static class SceneModel
{
    /// <summary>The model's folder, in the diffusers layout.</summary>
    /// <exception cref="InputException">It does not lie beside the program.</exception>
    public static string Folder => Place(Directory.Exists, "models", "scenes");

    /// <summary>Boats, a lighthouse and a ferry, in thirteen phrases.</summary>
    /// <exception cref="InputException">It does not lie beside the program.</exception>
    public static CaptionedPicture Harbor => Sample("harbor");

    /// <summary>Hot air balloons over a farm, in nine phrases.</summary>
    /// <exception cref="InputException">It does not lie beside the program.</exception>
    public static CaptionedPicture Balloons => Sample("balloons");

    /// <summary>Houses and a street lamp in the snow at night, in eleven phrases.</summary>
    /// <exception cref="InputException">It does not lie beside the program.</exception>
    public static CaptionedPicture Winter => Sample("winter");

    private static CaptionedPicture Sample(string name) =>
        CaptionedPicture.FromFile(
            Place(File.Exists, "samples", $"{name}.png"),
            Caption.Parse(File.ReadAllText(Place(File.Exists, "samples", $"{name}.txt")).Trim())
        );

    private static string Place(Func<string, bool> exists, params string[] names)
    {
        var place = Path.Combine([AppContext.BaseDirectory, .. names]);
        return exists(place)
            ? place
            : throw new InputException(
                $"{place}: missing; it comes beside a program with the package Groundling.Models.Scenes: build or install the program again"
            );
    }
}
