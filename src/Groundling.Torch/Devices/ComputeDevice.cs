using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Torch;

/// <summary>
/// Where tensors lie and are computed with, and in which kind of number: the CPU, or one of the machine's CUDA cards, which has been
/// tried.
/// </summary>
public sealed class ComputeDevice
{
    private const int MatrixUnits = 80; // the compute capability that first has TF32 and bfloat16
    private readonly string _text;

    internal ComputeDevice(Device device, string text, ComputePrecision precision, ComputePrecision? asked = null) =>
        (Device, _text, Precision, Asked) = (device, text, precision, asked ?? precision);

    /// <summary>The CPU, in float32.</summary>
    public static ComputeDevice Cpu => new(CPU, "cpu", ComputePrecision.F32);

    /// <summary>As libtorch names it.</summary>
    public Device Device { get; }

    /// <summary>The kind of number; never <see cref="ComputePrecision.Auto"/>.</summary>
    public ComputePrecision Precision { get; }

    /// <summary>What was asked for: <see cref="Precision"/>, or <see cref="ComputePrecision.Auto"/>, which stands for it.</summary>
    public ComputePrecision Asked { get; }

    /// <summary>The name by which <see cref="Find(string, ComputePrecision, int)"/> finds it again: "cpu", or "cuda:0".</summary>
    public string Name => IsCpu ? "cpu" : $"cuda:{Device.index}";

    /// <summary>Whether it is the CPU.</summary>
    public bool IsCpu => Device.type == DeviceType.CPU;

    /// <summary>Refuses what names no device; asks no hardware.</summary>
    /// <param name="name">"auto", "cpu", "cuda" or "cuda:1".</param>
    /// <exception cref="InputException">It is another text.</exception>
    public static void RequireName(string? name) => _ = Card(name);

    /// <summary>Whether the CPU multiplies bfloat16 (AVX512_BF16, AMX), and this system has the operators for it.</summary>
    public static bool CpuHasBf16 => PackedWeight.Supported && ProcessorFeatures.HasBf16Products;

    /// <summary>Whether the CPU multiplies integers of 8 bits (VNNI), and this system has the operators for it.</summary>
    public static bool CpuHasInt8 => Int8Arithmetic.Supported;

    /// <summary>Finds a device and tries it.</summary>
    /// <param name="name">
    /// "cpu"; "cuda:1" for one card; "cuda" for the process's own, which is the first where it works alone; "auto" for that where libtorch
    /// can use it, else the CPU.
    /// </param>
    /// <param name="precision">The kind of number to compute with.</param>
    /// <param name="localRank">The process's number among those of its machine that share the work.</param>
    /// <exception cref="InputException">
    /// The name is none, the card cannot be used, or not with this precision; the message says why.
    /// </exception>
    /// <exception cref="EngineException">There is no libtorch, or it cannot be loaded; the message names the package to add.</exception>
    /// <remarks>
    /// Whether float32 operators may use TF32 is a setting of libtorch for the whole process; it follows the card that was found last.
    /// </remarks>
    public static ComputeDevice Find(string name, ComputePrecision precision = ComputePrecision.Auto, int localRank = 0)
    {
        EngineException.ThrowIfUnavailable();
        var found = Find(name, precision, localRank, CudaSystem.Instance);
        if (!found.IsCpu)
            backends.cuda.matmul.allow_tf32 = backends.cudnn.allow_tf32 = found.Precision == ComputePrecision.Tf32;
        return found;
    }

    /// <summary>A forward pass in this kind of number, until the result is disposed; null where it is float32 anyway.</summary>
    public IDisposable? BeginPass() => Precision == ComputePrecision.Bf16 ? new Autocast(bfloat16, Device.type) : null;

    /// <summary>
    /// The same place for a model whose weights are integers of 8 bits: computes with these where nobody asked for something else.
    /// </summary>
    public ComputeDevice ForIntegers() =>
        Asked == ComputePrecision.Auto && IsCpu && Int8Arithmetic.Supported ? new(Device, _text, ComputePrecision.Int8, Asked) : this;

    /// <summary>Names it for a log: "cpu, f32", or "cuda:0 (NVIDIA H100 80GB HBM3, compute capability 9.0, 85 GB), bf16".</summary>
    public override string ToString() => $"{_text}, {NameOf(Precision)}";

    internal static ComputeDevice Find(string name, ComputePrecision precision, int localRank, ICudaSystem system)
    {
        if (!Enum.IsDefined(precision))
            throw new InputException(
                $"precision {(int)precision} is none of {string.Join(", ", Enum.GetValues<ComputePrecision>().Select(NameOf))}"
            );
        var card = Card(name);
        if (name == "cpu")
            return OnCpu("cpu", precision);
        var usable = system.UsableCards;
        if (name == "auto" && usable == 0)
            return OnCpu("cpu", precision);
        if (usable == 0)
            throw new InputException($"device {name}: {WhyNone(system)}; or take device cpu");
        var index = card ?? localRank;
        if (index >= usable)
            throw new InputException(
                card is null
                    ? $"device {name}: this is process {localRank + 1} of its machine, which has {Cards(usable)} for libtorch; start no more processes on it than cards"
                    : $"device {name}: this machine has {Cards(usable)} for libtorch, cuda:0 to cuda:{usable - 1}"
            );
        var (title, capability, memory) = system.Describe(index);
        var shown =
            $"cuda:{index} ({title}, compute capability {capability / 10}.{capability % 10}, {Math.Round(memory / 1e9).ToString(CultureInfo.InvariantCulture)} GB)";
        if (system.Try(index) is not { } fault)
            return new(new Device(DeviceType.CUDA, index), shown, OnCard(shown, precision, capability));
        var why = fault.Contains("no kernel image", StringComparison.Ordinal)
            ? "is too old, or too new, for this libtorch, which has no code for it"
            : $"cannot be used: {fault}";
        return name == "auto"
            ? OnCpu($"cpu ({shown} {why})", precision)
            : throw new InputException($"device {name}: {shown} {why}; take a libtorch that fits it, or device cpu");
    }

    private static ComputeDevice OnCpu(string text, ComputePrecision precision) =>
        precision switch
        {
            ComputePrecision.Tf32 => throw new InputException(
                "precision tf32 needs a CUDA card, and the work is done on the CPU; take f32"
            ),
            ComputePrecision.Auto => new(CPU, text, ComputePrecision.F32, ComputePrecision.Auto),
            ComputePrecision.Int8 when !Int8Arithmetic.Supported => throw new InputException(
                "precision int8 needs Linux x64 and a processor with VNNI; take f32, for which integers are multiplied out"
            ),
            _ => new(CPU, text, precision),
        };

    private static ComputePrecision OnCard(string shown, ComputePrecision precision, int capability) =>
        precision switch
        {
            ComputePrecision.Auto => capability >= MatrixUnits ? ComputePrecision.Bf16 : ComputePrecision.F32,
            ComputePrecision.Int8 => throw new InputException("precision int8 is for the CPU; take --device cpu, or another precision"),
            ComputePrecision.Tf32 or ComputePrecision.Bf16 when capability < MatrixUnits => throw new InputException(
                $"precision {NameOf(precision)} needs compute capability 8.0, and {shown} is older; take f32"
            ),
            _ => precision,
        };

    private static string NameOf(ComputePrecision precision) => precision.ToString().ToLowerInvariant();

    private static int? Card(string? name)
    {
        const string prefix = "cuda:";
        if (name is "auto" or "cpu" or "cuda")
            return null;
        return
            name is not null
            && name.StartsWith(prefix, StringComparison.Ordinal)
            && int.TryParse(name.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? index
            : throw new InputException($"device '{name}' is not known: auto, cpu, cuda, or a card's number as in cuda:1");
    }

    private static string WhyNone(ICudaSystem system)
    {
        if (!system.IsInLibtorch)
            return "this program carries a libtorch for the CPU alone; build it with -p:TorchRuntime=cuda-linux or cuda-windows (docs/gpu.md)";
        if (system.DriverFault is { } fault)
            return $"{fault}; install one that fits the card, and look at what nvidia-smi says";
        var version = system.DriverVersion;
        return $"NVIDIA's driver shows a card, but libtorch cannot use it; the driver speaks CUDA {version / 1000}.{version % 1000 / 10} at most, which may be older than this libtorch's: update it";
    }

    private static string Cards(int count) => count == 1 ? "1 card" : $"{count} cards";
}
