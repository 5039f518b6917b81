using Groundling.Core;
using Groundling.Torch;

namespace Groundling.Diffusion;

/// <summary>
/// A Stable Diffusion folder in the diffusers layout: finds its files and refuses what is not Stable Diffusion 1.x or 2.x.
/// </summary>
public sealed class ModelFolder : ModelSource
{
    /// <summary>The file in a folder that names its kind of model.</summary>
    public const string IndexName = "model_index.json";

    private static readonly (string Sign, string Kind)[] OtherModels =
    [
        ("XL", "SDXL"),
        ("StableDiffusion3", "Stable Diffusion 3"),
        ("Flux", "Flux"),
        ("Inpaint", "an inpainting model"),
        ("Depth2Img", "a depth model"),
        ("Upscale", "an upscaler"),
        ("Pix2Pix", "an editing model"),
        ("ControlNet", "a ControlNet"),
        ("Cascade", "Stable Cascade"),
        ("Kandinsky", "Kandinsky"),
        ("IF", "DeepFloyd IF"),
    ];

    /// <summary>What stands between a weight file's stem and its ending, the wanted one first.</summary>
    private static readonly string[] Variants = ["", ".fp32", ".fp16", ".bf16"];

    private static readonly string[] Pickled = [".bin", ".ckpt", ".pt", ".pth"];

    private static readonly string[] PartNames = ["tokenizer", "text_encoder", "vae", "unet", "scheduler", "grounding"];

    private ModelFolder(string path)
        : base(path) { }

    /// <summary>
    /// What a model's folder is called: its own name, or <c>OWNER/NAME@COMMIT</c> for a snapshot of the hub's cache, whose own name says
    /// nothing.
    /// </summary>
    public static string NameOf(string path)
    {
        var folder = new DirectoryInfo(System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path)));
        const string sign = "models--";
        return folder.Parent is { Name: "snapshots", Parent.Name: var repository } && repository.StartsWith(sign, StringComparison.Ordinal)
            ? $"{repository[sign.Length..].Replace("--", "/", StringComparison.Ordinal)}@{folder.Name[..Math.Min(folder.Name.Length, 7)]}"
            : folder.Name;
    }

    /// <inheritdoc/>
    public override string TokenizerPlace => System.IO.Path.Combine(Path, "tokenizer");

    /// <summary>Checks that the folder is there and that its index, if it has one, names a model of ours.</summary>
    /// <exception cref="ModelException">There is no such folder, or it holds another kind of model.</exception>
    public static ModelFolder Open(string path)
    {
        const string wanted =
            "a Stable Diffusion 1.x or 2.x folder in the diffusers layout is needed (tokenizer/, text_encoder/, vae/, unet/)";
        if (File.Exists(path))
            throw new ModelException(
                Pickled.Contains(System.IO.Path.GetExtension(path), StringComparer.OrdinalIgnoreCase)
                    ? $"{path}: holds pickled weights, which can run code when they are read and are not supported; get or convert to .safetensors"
                    : $"{path}: is a file; {wanted}, or a .safetensors file that holds all parts"
            );
        if (!Directory.Exists(path))
            throw new ModelException($"{path}: no such folder; {wanted}");
        var folder = new ModelFolder(path);
        var index = System.IO.Path.Combine(path, IndexName);
        if (File.Exists(index))
            RefuseOtherModels(index);
        if (folder.HasPart("text_encoder_2"))
            throw new ModelException(
                $"{path}: holds text_encoder_2, so it is SDXL, which is not supported; use a Stable Diffusion 1.x or 2.x folder"
            );
        var missing = new[] { "tokenizer", "text_encoder", "vae", "unet" }.Where(part => !folder.HasPart(part)).ToList();
        return missing.Count == 0
            ? folder
            : throw new ModelException($"{path}: lacks {string.Join(", ", missing.Select(part => part + "/"))}; {wanted}");
    }

    /// <summary>The files of a model, and of trained parts beside it; what else lies in the folder is left out.</summary>
    public static IEnumerable<string> Files(string path) =>
        [
            .. Directory.EnumerateFiles(path, IndexName),
            .. Directory.EnumerateFiles(path, QuantizedModel.ReportName),
            .. PartNames
                .Select(part => System.IO.Path.Combine(path, part))
                .Where(Directory.Exists)
                .SelectMany(part => Directory.EnumerateFiles(part, "*", SearchOption.AllDirectories)),
        ];

    /// <summary>
    /// A text that only Groundling reads, in a folder's <c>model_index.json</c>; diffusers passes over names that begin with an underscore.
    /// </summary>
    /// <param name="path">The model.</param>
    /// <param name="name">Such as "_groundling_refinement".</param>
    /// <returns>The text; empty where the file does not have it, or is not there.</returns>
    /// <exception cref="ModelException">The file is no JSON object, or has something else than a text there.</exception>
    public static string OwnText(string path, string name)
    {
        var index = System.IO.Path.Combine(path, IndexName);
        return File.Exists(index) ? ForeignConfig.Read(index).Text(name, "") : "";
    }

    /// <summary>Copies <see cref="Files"/> into another folder.</summary>
    /// <param name="path">The model.</param>
    /// <param name="folder">Where to.</param>
    /// <param name="isWanted">Which of them, by their names in the model; null for all.</param>
    /// <exception cref="IOException">The disk is full or the folder cannot be written.</exception>
    public static void CopyFiles(string path, string folder, Func<string, bool>? isWanted = null)
    {
        foreach (var file in Files(path))
        {
            var name = System.IO.Path.GetRelativePath(path, file);
            if (isWanted?.Invoke(name) == false)
                continue;
            var target = System.IO.Path.Combine(folder, name);
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
            AtomicFile.Copy(file, target);
        }
    }

    /// <summary>Whether the folder has a part of that name.</summary>
    public bool HasPart(string part) => Directory.Exists(System.IO.Path.Combine(Path, part));

    /// <inheritdoc/>
    public override string Config(string part) => System.IO.Path.Combine(Path, part, "config.json");

    /// <inheritdoc/>
    public override TextEncoderConfig TextConfig() => TextEncoderConfig.Read(Config("text_encoder"));

    /// <inheritdoc/>
    public override UNetConfig UNetConfig() => Diffusion.UNetConfig.Read(Config("unet"));

    private protected override ClipTokenizer OwnTokenizer() => OpenTokenizer(TokenizerPlace);

    private protected override VaeConfig OwnVaeConfig() => Diffusion.VaeConfig.Read(Config("vae"));

    private protected override WeightSource OwnWeights(string part) => WeightsIn(System.IO.Path.Combine(Path, part), StemOf(part));

    /// <summary>What a part's weight files are called; the text encoder's have another name.</summary>
    internal static string StemOf(string part) => part == "text_encoder" ? "model" : "diffusion_pytorch_model";

    /// <summary>Opens a part's weights: one file or an index of several, in float32 where there is a choice.</summary>
    /// <exception cref="ModelException">There are none that can be read safely.</exception>
    /// <exception cref="WeightsException">They are damaged.</exception>
    internal static WeightSource WeightsIn(string folder, string stem)
    {
        string[] names =
        [
            .. Variants.SelectMany(variant =>
                new[]
                {
                    $"{stem}{variant}.safetensors",
                    $"{stem}.safetensors.index{variant}.json",
                    $"{stem}{variant}.safetensors.index.json",
                }
            ),
        ];
        if (names.FirstOrDefault(name => File.Exists(System.IO.Path.Combine(folder, name))) is { } found)
            return WeightSource.Open(System.IO.Path.Combine(folder, found));
        var files = Directory
            .EnumerateFiles(folder)
            .Select(file => System.IO.Path.GetFileName(file))
            .Order(StringComparer.Ordinal)
            .ToList();
        if (files.FirstOrDefault(name => name.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase)) is { } other)
            throw new ModelException(
                other.Contains("non_ema", StringComparison.OrdinalIgnoreCase)
                    ? $"{folder}: has only the weights that training goes on from ({other}), which make other pictures than the published model's averaged ones; get {names[0]}, or rename the file to that name"
                    : $"{folder}: has weights of another name ({other}); {names[0]} is needed, or {names[1]} where they lie in several files"
            );
        var pickled = files.FirstOrDefault(name => Pickled.Contains(System.IO.Path.GetExtension(name), StringComparer.OrdinalIgnoreCase));
        throw new ModelException(
            pickled is null
                ? $"{folder}: has no weights; {names[0]}, {names[1]} or {names[2]} is needed"
                : $"{folder}: has only pickled weights ({pickled}), which can run code when they are read and are not supported; get or convert to {names[0]}"
        );
    }

    /// <inheritdoc/>
    public override ScheduleConfig Schedule()
    {
        var path = System.IO.Path.Combine(Path, "scheduler", "scheduler_config.json");
        return File.Exists(path) ? ScheduleConfig.Read(ForeignConfig.Read(path)) : ScheduleConfig.StableDiffusion;
    }

    /// <summary>The kind of model, in words, that a pipeline's class is for, or null where it may be ours.</summary>
    /// <param name="pipelineClass">The <c>_class_name</c> of a <c>model_index.json</c>.</param>
    public static string? OtherKind(string pipelineClass) =>
        OtherModels.FirstOrDefault(other => pipelineClass.Contains(other.Sign, StringComparison.Ordinal)).Kind;

    private static void RefuseOtherModels(string index)
    {
        var json = ForeignConfig.Read(index);
        var name = json.Text("_class_name", "StableDiffusionPipeline");
        const string advice = "which is not supported; use a Stable Diffusion 1.x or 2.x folder";
        if (OtherKind(name) is { } kind)
            json.Require(false, "_class_name", $"this is {kind}, {advice}");
        json.Require(
            name.StartsWith("StableDiffusion", StringComparison.Ordinal),
            "_class_name",
            $"this is another kind of model, {advice}"
        );
    }
}
