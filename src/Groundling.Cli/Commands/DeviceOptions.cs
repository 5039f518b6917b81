using System.CommandLine;
using Groundling.Torch;
using Groundling.Training;

namespace Groundling.Cli.Commands;

/// <summary>The options that say where to compute, and in which kind of number.</summary>
internal sealed class DeviceOptions
{
    private static readonly Dictionary<string, ComputePrecision> Precisions = Enum.GetValues<ComputePrecision>()
        .ToDictionary(precision => precision.ToString().ToLowerInvariant());

    public Option<string?> Name { get; } =
        new("--device")
        {
            Description = "Where to compute: auto takes a CUDA card where there is one, else the CPU; auto if not given",
            HelpName = "auto|cpu|cuda|cuda:N",
        };

    public Option<string?> Kind { get; } =
        new("--precision")
        {
            Description =
                "In which kind of number: auto takes bf16 on a card that has it, on a CPU int8 where the model is quantized, else f32; auto if not given",
            HelpName = string.Join('|', Precisions.Keys),
        };

    /// <summary>What the command line says.</summary>
    /// <exception cref="InputException">The precision is not known, or the name is no device's.</exception>
    public DeviceChoice Read(ParseResult parsed)
    {
        var (name, kind) = (parsed.GetValue(Name), parsed.GetValue(Kind));
        if (name is not null)
            ComputeDevice.RequireName(name);
        return new(
            name,
            kind is null ? null
                : Precisions.TryGetValue(kind, out var precision) ? precision
                : throw new InputException($"--precision {kind} is not known: {string.Join(", ", Precisions.Keys)}")
        );
    }
}

/// <summary>What a command line says of the device; null where it says nothing.</summary>
internal sealed record DeviceChoice(string? Name, ComputePrecision? Precision)
{
    /// <summary>The device, tried.</summary>
    /// <exception cref="InputException">It cannot be used; the message says why.</exception>
    public ComputeDevice Find(ICollective? processes = null) =>
        ComputeDevice.Find(Name ?? "auto", Precision ?? ComputePrecision.Auto, processes?.LocalRank ?? 0);

    /// <summary>Settings with what the command line says in place of theirs.</summary>
    public T Over<T>(T settings)
        where T : TrainingSettings => settings with { Device = Name ?? settings.Device, Precision = Precision ?? settings.Precision };
}
