using System.Text;
using Groundling.Core;
using Groundling.Data;
using Groundling.Data.Benchmark;

namespace Groundling.Rendering;

/// <summary>Writes a grounding into a folder: overlay.png, phrases.json, panoptic.png and panoptic.json.</summary>
public static class GroundingWriter
{
    /// <summary>The files' names.</summary>
    public static IReadOnlyList<string> Files { get; } = ["overlay.png", "phrases.json", "panoptic.png", "panoptic.json"];

    /// <summary>Writes the files, all or none: they are written in full beside their places first, then moved in one by one.</summary>
    /// <param name="grounding">What to write.</param>
    /// <param name="imageName">What the files call the picture.</param>
    /// <param name="outDir">The folder; made if it is not there. Files of the same names are replaced.</param>
    /// <param name="options">Which files; all by default.</param>
    /// <returns>The paths written.</returns>
    /// <exception cref="InputException">The folder cannot be made or written, or the disk is full; nothing is left behind.</exception>
    public static IReadOnlyList<string> Write(Grounding grounding, string imageName, string outDir, WriteOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(grounding);
        ArgumentNullException.ThrowIfNull(outDir);
        return FolderWriter.Write(outDir, Encode(grounding, imageName, options ?? new WriteOptions()));
    }

    /// <summary>
    /// Has the runtime compile what writing needs, and reads the font: beside other work, for a program that writes one grounding and ends.
    /// </summary>
    public static void Prepare()
    {
        const int side = 64;
        var caption = Caption.ParseBrackets("[a]");
        var mask = RunLengthMask.FromBox(new(0, 0, side, side), side, side);
        _ = Encode(new(new(side, side, new byte[3 * side * side]), caption, [new(caption.Phrases[0], 1, mask)]), "a", new());
    }

    /// <summary>Everything in memory: after it only the disk can fail.</summary>
    private static List<(string Name, byte[] Bytes)> Encode(Grounding grounding, string imageName, WriteOptions options)
    {
        var overlay = options.Overlay ? Task.Run(() => OverlayRenderer.Render(grounding, options.Style).EncodePng()) : null;
        var files = new List<(string Name, byte[] Bytes)>();
        if (options.Phrases)
            files.Add(("phrases.json", Lines(GroundingDocument.From(grounding, imageName).ToJson())));
        if (options.Panoptic)
        {
            var result = PanopticResult.From(grounding);
            files.Add(("panoptic.png", PanopticPng.Encode(result.Ids, grounding.Picture.Width, grounding.Picture.Height)));
            files.Add(("panoptic.json", Lines(result.ToJson(grounding, imageName, "panoptic.png"))));
        }
        if (overlay is not null)
            files.Insert(0, ("overlay.png", overlay.GetAwaiter().GetResult()));
        return files;

        static byte[] Lines(string json) => Encoding.UTF8.GetBytes(json + "\n");
    }
}
