using System.Text.RegularExpressions;

namespace Groundling.Hub;

/// <summary>Which files of a repository in the diffusers layout Groundling reads.</summary>
public static partial class ModelFiles
{
    private static readonly string[] Small =
    [
        "model_index.json",
        "quantization.json",
        "scheduler/scheduler_config.json",
        "text_encoder/config.json",
        "vae/config.json",
        "unet/config.json",
        "tokenizer/vocab.json",
        "tokenizer/merges.txt",
        "tokenizer/tokenizer.json",
        "tokenizer/tokenizer_config.json",
        "tokenizer/special_tokens_map.json",
        "tokenizer/added_tokens.json",
        "grounding/config.json",
        "grounding/model.safetensors",
    ];

    private static readonly (string Folder, string Stem)[] Weighted =
    [
        ("text_encoder", "model"),
        ("vae", "diffusion_pytorch_model"),
        ("unet", "diffusion_pytorch_model"),
    ];

    /// <summary>Chooses the files to pull: configs, tokenizer, and of each part's weights the smallest variant in safetensors.</summary>
    /// <param name="files">All files of the repository.</param>
    /// <param name="full">Float32 weights, where there are any, instead of float16.</param>
    /// <returns>The files, as they are listed.</returns>
    /// <exception cref="HubException">
    /// A part is missing, or has no weights that can be read safely. The message begins with what is wrong, not with the repository's name.
    /// </exception>
    public static IReadOnlyList<HubFile> Choose(IReadOnlyList<HubFile> files, bool full)
    {
        if (Missing(files.Select(file => file.Path)) is { } missing)
            throw new HubException(missing);
        var chosen = files.Where(file => Small.Contains(file.Path)).ToList();
        foreach (var (folder, stem) in Weighted)
            chosen.AddRange(
                Variants(files, folder, stem).OrderBy(variant => full ? (variant.IsHalf ? 1 : 0) : variant.Bytes).First().Files
            );
        return chosen;
    }

    /// <summary>What a model lacks whose files have these paths, or null where nothing is missing.</summary>
    /// <param name="paths">Places in the repository, with slashes.</param>
    public static string? Missing(IEnumerable<string> paths)
    {
        var files = paths.Select(path => new HubFile(path, null, null)).ToList();
        bool Has(string path) => files.Any(file => file.Path == path);
        if (files.Any(file => file.Path.StartsWith("text_encoder_2/", StringComparison.Ordinal)))
            return "holds text_encoder_2, so it is SDXL, which is not supported; a Stable Diffusion 1.x or 2.x is needed";
        var parts = new[] { "text_encoder", "vae", "unet" }
            .Where(part => !Has($"{part}/config.json"))
            .Select(part => $"{part}/config.json")
            .ToList();
        if (!Has("tokenizer/tokenizer.json") && !(Has("tokenizer/vocab.json") && Has("tokenizer/merges.txt")))
            parts.Insert(0, "tokenizer/vocab.json and merges.txt");
        if (parts.Count > 0)
            return $"lacks {string.Join(", ", parts)}; a Stable Diffusion 1.x or 2.x in the diffusers layout is needed (tokenizer/, text_encoder/, vae/, unet/)";
        foreach (var (folder, stem) in Weighted)
        {
            if (Variants(files, folder, stem).Any())
                continue;
            var pickled = files.FirstOrDefault(file =>
                file.Path.StartsWith($"{folder}/", StringComparison.Ordinal) && Path.GetExtension(file.Path) is ".bin" or ".ckpt" or ".pt"
            );
            return pickled is null
                ? $"has no whole weights of {folder}: {folder}/{stem}.safetensors, {stem}.fp16.safetensors, or an index with all its shards is needed"
                : $"has only pickled weights of {folder} ({pickled.Path}), which can run code when they are read and are not supported; choose a repository with safetensors";
        }
        return null;
    }

    /// <summary>
    /// The ways in which a part's weights are there in whole: one file, or an index with all its shards; in full or in half precision.
    /// </summary>
    private static IEnumerable<(bool IsHalf, long Bytes, IReadOnlyList<HubFile> Files)> Variants(
        IReadOnlyList<HubFile> files,
        string folder,
        string stem
    )
    {
        var beside = files
            .Where(file => file.Path.StartsWith($"{folder}/{stem}", StringComparison.Ordinal))
            .ToDictionary(file => file.Path[(folder.Length + 1)..]);
        foreach (var half in new[] { false, true })
        {
            var dot = half ? ".fp16" : "";
            if (beside.TryGetValue($"{stem}{dot}.safetensors", out var single))
                yield return (half, single.Size ?? 0, [single]);
            string[] indexes = half
                ? [$"{stem}.safetensors.index.fp16.json", $"{stem}.fp16.safetensors.index.json"]
                : [$"{stem}.safetensors.index.json"];
            if (indexes.Select(beside.GetValueOrDefault).FirstOrDefault(found => found is not null) is not { } index)
                continue;
            var shards = beside
                .Where(pair =>
                    Shard().Match(pair.Key[stem.Length..]) is { Success: true } match
                    && (match.Groups["half"].Success || match.Groups["late"].Success) == half
                )
                .ToList();
            if (
                shards.Count == 0
                || shards.Count
                    != int.Parse(
                        Shard().Match(shards[0].Key[stem.Length..]).Groups["count"].Value,
                        System.Globalization.CultureInfo.InvariantCulture
                    )
            )
                continue;
            yield return (half, shards.Sum(pair => pair.Value.Size ?? 0), [index, .. shards.Select(pair => pair.Value)]);
        }
    }

    [GeneratedRegex(@"^(?<half>\.fp16)?-[0-9]{5}-of-(?<count>[0-9]{5})(?<late>\.fp16)?\.safetensors\z")]
    private static partial Regex Shard();
}
