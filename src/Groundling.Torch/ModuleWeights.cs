using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Groundling.Torch;

/// <summary>
/// Puts weights into modules, as a strict load_state_dict does: all of them and nothing else, or a message that lists what differs.
/// </summary>
public static class ModuleWeights
{
    private const int LongestList = 12;

    /// <summary>
    /// Loads every parameter and buffer of a module. Tensors of the module's own type share the file's memory, others are converted.
    /// </summary>
    /// <param name="module">The module; unchanged when an exception is thrown.</param>
    /// <param name="source">The weights.</param>
    /// <param name="keys">Foreign names to ours.</param>
    /// <param name="advice">A last line for the error: what the reader might do.</param>
    /// <param name="integers">
    /// Whether weights that are integers in the file (<see cref="Int8Weights"/>) are computed with as such; else they become floats.
    /// </param>
    /// <exception cref="WeightsException">A key is missing or left over, or a shape or kind of number differs.</exception>
    public static void LoadExactly(
        this Module module,
        WeightSource source,
        KeyMap? keys = null,
        string? advice = null,
        bool integers = false
    )
    {
        var targets = module.NamedTensors().ToDictionary(pair => pair.Name, pair => pair.Tensor);
        var quantized = Int8Weights.In(source);
        var entryOf = Match(module, targets, source, quantized, keys ?? KeyMap.Identity, advice);
        var layers = integers && quantized.Count > 0 ? module.QuantizableLayers().ToDictionary() : [];
        using var frozen = no_grad();
        foreach (var (name, entry) in entryOf)
        {
            using var scope = NewDisposeScope();
            var stored = quantized.GetValueOrDefault(entry.Name);
            if (stored is not null && layers.TryGetValue(name, out var layer))
                layer.Arithmetic = stored.ToArithmetic(source);
            else
                targets[name].set_((stored?.ToFloat(source) ?? source.Read(entry.Name)).to(targets[name].dtype).to(targets[name].device));
        }
    }

    /// <summary>The layers whose weights may be integers, by the names of these weights.</summary>
    public static IEnumerable<KeyValuePair<string, IQuantizableLayer>> QuantizableLayers(this Module module) =>
        from pair in module.named_modules()
        where pair.module is IQuantizableLayer
        select KeyValuePair.Create(pair.name.Replace('/', '.') + ".weight", (IQuantizableLayer)pair.module);

    /// <summary>
    /// As a load_state_dict that is not strict: copies those weights that a module has under the same name and in the same shape; others
    /// keep the values they have.
    /// </summary>
    /// <param name="module">The module.</param>
    /// <param name="source">The weights.</param>
    /// <returns>The names of the module's tensors that keep their values.</returns>
    /// <exception cref="WeightsException">A tensor cannot be read.</exception>
    public static IReadOnlyList<string> LoadMatching(this Module module, WeightSource source)
    {
        var entries = source.Entries.ToDictionary(entry => entry.Name);
        var others = new List<string>();
        using var frozen = no_grad();
        foreach (var (name, tensor) in module.NamedTensors())
        {
            using var scope = NewDisposeScope();
            if (entries.TryGetValue(name, out var entry) && entry.Shape.SequenceEqual(tensor.shape))
                tensor.copy_(source.Read(name));
            else
                others.Add(name);
        }
        return others;
    }

    /// <summary>
    /// Marks all parameters as frozen (requires_grad off), sets evaluation mode and lets layers rearrange (prepack) weights that will not
    /// change.
    /// </summary>
    /// <param name="module">The module.</param>
    /// <param name="extent">How far layers may rearrange their weights.</param>
    /// <param name="cache">Where rearranged weights are kept between processes; null for nowhere.</param>
    /// <param name="part">The module's name in the cache.</param>
    public static T Freeze<T>(this T module, Rearrangement extent = Rearrangement.ManyPasses, PackCache? cache = null, string part = "")
        where T : Module
    {
        module.eval();
        foreach (var parameter in module.parameters())
            parameter.requires_grad_(false);
        foreach (var (name, inner) in module.named_modules().Prepend(("", module)))
            (inner as IRearrangeable)?.Allow(extent, cache is null ? null : new(cache, $"{part}.{name.Replace('/', '.')}"));
        return module;
    }

    /// <summary>
    /// Lays the weights of frozen products out as a device reads them: in bfloat16 where it computes in that, so that no pass converts them
    /// again, and on a card those of convolutions with channels last. Norms and embeddings stay as they are.
    /// </summary>
    /// <param name="module">The module, on the device. With bfloat16 it can only be called within <see cref="ComputeDevice.BeginPass"/>.</param>
    /// <param name="place">The device.</param>
    public static T Suit<T>(this T module, ComputeDevice place)
        where T : Module
    {
        using var frozen = no_grad();
        foreach (var layer in module.modules().Where(layer => layer is ConvolutionLayer or LinearLayer))
        {
            if (place.Precision == ComputePrecision.Bf16)
                layer.to(bfloat16);
            if (place.IsCpu || layer is not ConvolutionLayer)
                continue;
            using var scope = NewDisposeScope();
            foreach (var (_, tensor) in layer.NamedTensors().Where(pair => pair.Tensor.dim() == 4))
                tensor.set_(tensor.detach().ToChannelsLast());
        }
        return module;
    }

    /// <summary>
    /// Gives the memory of frozen, mapped weights back to the system; they are read from their file again when they are next used.
    /// </summary>
    public static void ReleasePages(this Module module)
    {
        foreach (var (_, tensor) in module.NamedTensors())
            ReleaseFrozen(tensor);
    }

    /// <summary>Where a module lies, as its first parameter says.</summary>
    public static Device Device(this Module module) => module.parameters().First().device;

    /// <summary>The number of parameters.</summary>
    public static long ParameterCount(this Module module) => module.parameters().Sum(parameter => parameter.numel());

    /// <summary>
    /// A module's parameters and buffers under their names in the standard layout. TorchSharp allows no dot in a component's name:
    /// a slash stands for it there.
    /// </summary>
    public static IEnumerable<(string Name, Tensor Tensor)> NamedTensors(this Module module) =>
        module
            .named_parameters()
            .Select(pair => (pair.name.Replace('/', '.'), (Tensor)pair.parameter))
            .Concat(module.named_buffers().Select(pair => (pair.name.Replace('/', '.'), pair.buffer)));

    /// <summary>Names of the tensors that hold a value which is not finite (NaN, infinity), with the number of such values.</summary>
    /// <remarks>Frozen weights that lie in a file are given back to the system as soon as they are read.</remarks>
    public static IEnumerable<(string Name, long Count)> NonFinite(this Module module)
    {
        foreach (var (name, tensor) in module.NamedTensors())
        {
            using var scope = NewDisposeScope();
            var count = tensor.detach().isfinite().logical_not().sum().item<long>();
            ReleaseFrozen(tensor);
            if (count > 0)
                yield return (name, count);
        }
    }

    /// <summary>Others may be written to by an optimiser while they are looked at.</summary>
    private static void ReleaseFrozen(Tensor tensor)
    {
        if (tensor is Parameter { requires_grad: false })
            MappedFile.ReleasePages(tensor);
    }

    private static Dictionary<string, SafetensorsEntry> Match(
        Module module,
        Dictionary<string, Tensor> targets,
        WeightSource source,
        IReadOnlyDictionary<string, Int8Entry> quantized,
        KeyMap keys,
        string? advice
    )
    {
        var faults = new List<string>();
        var keyCount = targets.Count;
        var entryOf = new Dictionary<string, SafetensorsEntry>();
        var companions = quantized.Values.SelectMany(stored => stored.Companions).ToHashSet();
        foreach (var entry in source.Entries.Where(entry => !companions.Contains(entry.Name)))
        {
            if (keys.Map(entry.Name) is not { } name)
                continue;
            if (!targets.TryGetValue(name, out var target))
            {
                faults.Add($"unexpected {entry.Name} [{string.Join(", ", entry.Shape)}]");
                keyCount++;
            }
            else if (!entryOf.TryAdd(name, entry))
                faults.Add($"double     {entry.Name} and {entryOf[name].Name} are both {name}");
            else if (!entry.Shape.SequenceEqual(target.shape))
                faults.Add($"shape      {entry.Name}: file [{string.Join(", ", entry.Shape)}], model [{string.Join(", ", target.shape)}]");
            else if (SafetensorsTypes.IsFloat(entry.Type) != SafetensorsTypes.IsFloat(target.dtype) && !quantized.ContainsKey(entry.Name))
                faults.Add(
                    $"type       {entry.Name}: file {SafetensorsTypes.Name(entry.Type)}, model {SafetensorsTypes.Name(target.dtype)}"
                );
        }
        faults.AddRange(
            targets
                .Keys.Where(name => !entryOf.ContainsKey(name))
                .Select(name => $"missing    {name} [{string.Join(", ", targets[name].shape)}]")
        );
        return faults.Count == 0 ? entryOf : throw Mismatch(module, source, keyCount, faults, advice);
    }

    private static WeightsException Mismatch(Module module, WeightSource source, int keyCount, List<string> faults, string? advice)
    {
        var lines = faults.Order(StringComparer.Ordinal).Take(LongestList).ToList();
        if (faults.Count > LongestList)
            lines.Add($"and {faults.Count - LongestList} more");
        if (advice is not null)
            lines.Add(advice);
        return new($"{source.Path} does not fit {module.GetType().Name} ({faults.Count} of {keyCount} keys differ):", lines);
    }
}
