using System.Globalization;
using Groundling.Data;
using Groundling.Data.Benchmark;

namespace Groundling.Scenes;

/// <summary>Writes generated scenes as a panoptic narrative grounding benchmark, in the official folder layout.</summary>
public static class SceneWriter
{
    private const int Batch = 128;

    /// <summary>The splits by their names.</summary>
    public static IReadOnlyDictionary<string, SceneSplit> Splits { get; } =
        Enum.GetValues<SceneSplit>().ToDictionary(SceneFolder.NameOf, StringComparer.Ordinal);

    /// <summary>
    /// Writes one split: images/{split}2017/*.png, annotations/png_coco_{split}2017.json, panoptic_{split}2017.json,
    /// panoptic_segmentation/{split}2017/*.png, and scenes_{split}2017.json, which records seed, count and size. The result is the
    /// same whatever the parallelism. Everything is made in a hidden folder and moved into place at the end; an earlier split made
    /// by this method is replaced, other files never are.
    /// </summary>
    /// <param name="outDir">The benchmark's folder; created where missing.</param>
    /// <param name="split">Which split.</param>
    /// <param name="count">How many scenes, at least 1.</param>
    /// <param name="seed">The set's seed.</param>
    /// <param name="size">Side of the pictures in pixels.</param>
    /// <param name="degreeOfParallelism">Threads; 0 for one a processor.</param>
    /// <param name="progress">Told the number of scenes done.</param>
    /// <param name="cancellationToken">Stops the work and removes what was made.</param>
    /// <exception cref="InputException">A number is out of range, or the folder holds other files of this name.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static void Write(
        string outDir,
        SceneSplit split,
        int count,
        ulong seed,
        int size = 256,
        int degreeOfParallelism = 0,
        IProgress<int>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(outDir);
        if (count < 1)
            throw new InputException($"scene count {count} is too small: ask for at least 1");
        if (degreeOfParallelism < 0)
            throw new InputException($"parallelism {degreeOfParallelism} is negative: choose 0 for one thread a processor, or more");
        if (size is < SceneGenerator.LeastSize or > SceneGenerator.MostSize)
            throw new InputException(
                $"scene size {size} is out of range: choose {SceneGenerator.LeastSize} to {SceneGenerator.MostSize} pixels"
            );
        using var folder = new SceneFolder(outDir, split);
        folder.RequireReplaceable();
        folder.BeginStaging();
        WriteAnnotations(
            folder,
            split,
            count,
            seed,
            size,
            degreeOfParallelism == 0 ? Environment.ProcessorCount : degreeOfParallelism,
            progress,
            cancellationToken
        );
        File.WriteAllBytes(
            folder.StagedOrigin,
            SceneAnnotations.Origin(split, count, seed, size, [folder.StagedNarratives, folder.StagedPanoptic])
        );
        folder.Publish();
    }

    private static void WriteAnnotations(
        SceneFolder folder,
        SceneSplit split,
        int count,
        ulong seed,
        int size,
        int threads,
        IProgress<int>? progress,
        CancellationToken cancellationToken
    )
    {
        using var narratives = File.Create(folder.StagedNarratives);
        using var panoptic = File.Create(folder.StagedPanoptic);
        string annotationsPath = folder.StagedPanoptic + ".annotations";
        using var annotations = new FileStream(
            annotationsPath,
            FileMode.Create,
            FileAccess.ReadWrite,
            FileShare.None,
            1 << 16,
            FileOptions.DeleteOnClose
        );
        narratives.Write("[\n"u8);
        panoptic.Write("{\"info\": {\"description\": \"Groundling scenes\"},\n\"images\": [\n"u8);

        var entries = new Entry[Math.Min(Batch, count)];
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken };
        int together = SceneGenerator.Together(split); // divides Batch
        for (int start = 0; start < count; start += Batch)
        {
            int first = start,
                length = Math.Min(Batch, count - start);
            Parallel.For(
                0,
                (length + together - 1) / together,
                options,
                () => new SceneGenerator(size),
                (group, _, generator) =>
                {
                    for (int i = group * together; i < Math.Min((group + 1) * together, length); i++)
                        entries[i] = WriteScene(folder, generator.Generate(seed, first + i, split));
                    return generator;
                },
                _ => { }
            );
            for (int i = 0; i < length; i++)
            {
                bool last = first + i == count - 1;
                Append(narratives, entries[i].Narrative, last);
                Append(panoptic, entries[i].Image, last);
                Append(annotations, entries[i].Panoptic, last);
            }
            progress?.Report(start + length);
        }
        narratives.Write("]\n"u8);
        panoptic.Write("],\n\"annotations\": [\n"u8);
        annotations.Position = 0;
        annotations.CopyTo(panoptic);
        panoptic.Write("],\n\"categories\": "u8);
        panoptic.Write(SceneAnnotations.Categories(split));
        panoptic.Write("}\n"u8);
    }

    private static Entry WriteScene(SceneFolder folder, Scene scene)
    {
        int id = scene.Index + 1;
        string name = id.ToString("D12", CultureInfo.InvariantCulture) + ".png";
        File.WriteAllBytes(Path.Combine(folder.StagedImages, name), new Picture(scene.Width, scene.Height, scene.Rgb).EncodePng());
        File.WriteAllBytes(Path.Combine(folder.StagedMaps, name), PanopticPng.Encode(scene.SegmentIds, scene.Width, scene.Height));
        return new Entry(
            SceneAnnotations.Narrative(scene, id),
            SceneAnnotations.Image(scene, id, name),
            SceneAnnotations.Panoptic(scene, id, name)
        );
    }

    private static void Append(Stream stream, byte[] json, bool last)
    {
        stream.Write(json);
        stream.Write(last ? "\n"u8 : ",\n"u8);
    }

    private readonly record struct Entry(byte[] Narrative, byte[] Image, byte[] Panoptic);
}
