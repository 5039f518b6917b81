namespace Groundling;

/// <summary>Which trained parts (<c>model.safetensors</c> and <c>config.json</c>) a pipeline uses beside the frozen model.</summary>
public sealed record TrainedParts
{
    private const string AutoName = "auto",
        NoneName = "none";
    private readonly string _name;

    private TrainedParts(string name, string? folder) => (_name, Folder) = (name, folder);

    /// <summary>
    /// Those in the model folder's own folder <c>grounding</c>; where there is none, phrases are grounded by static prompting.
    /// </summary>
    public static TrainedParts Auto { get; } = new(AutoName, null);

    /// <summary>None, though there may be some: static prompting, the zero-shot baseline (Sec. 3.1).</summary>
    public static TrainedParts None { get; } = new(NoneName, null);

    /// <summary>The folder of <see cref="In"/>; null for <see cref="Auto"/> and <see cref="None"/>.</summary>
    public string? Folder { get; }

    /// <summary>Those in another folder, such as a run's <c>checkpoints/best</c>.</summary>
    /// <param name="folder">The folder that holds <c>grounding</c>, or that folder itself under whatever name.</param>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public static TrainedParts In(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        return new(folder, folder);
    }

    /// <summary>Reads a setting: "auto", "none", or a folder; a folder of one of these names is written "./auto".</summary>
    /// <exception cref="ArgumentException">The text is empty.</exception>
    public static TrainedParts Parse(string text)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        return text.Trim().ToLowerInvariant() switch
        {
            AutoName => Auto,
            NoneName => None,
            _ => In(text),
        };
    }

    /// <summary>"auto", "none" or the folder: what <see cref="Parse"/> reads.</summary>
    public override string ToString() => _name;
}
