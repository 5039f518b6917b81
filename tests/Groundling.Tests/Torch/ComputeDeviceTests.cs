using Groundling.Torch;
using TorchSharp;

namespace Groundling.Tests.Torch;

public sealed class ComputeDeviceTests
{
    /// <summary>Machines as users have them.</summary>
    private sealed record Machine : ICudaSystem
    {
        public int UsableCards { get; init; }
        public bool IsInLibtorch { get; init; } = true;
        public string? DriverFault { get; init; }
        public int DriverVersion => 12_020;
        public int Capability { get; init; } = 90;
        public string? Fault { get; init; }

        public (string Name, int Capability, long Memory) Describe(int card) => ("NVIDIA H100", Capability, 85_000_000_000);

        public string? Try(int card) => Fault;
    }

    private static readonly Machine Four = new() { UsableCards = 4 };

    [Theory]
    [InlineData("")]
    [InlineData("gpu")]
    [InlineData("CUDA")]
    [InlineData("cuda:")]
    [InlineData("cuda:-1")]
    [InlineData("cuda: 1")]
    [InlineData("cuda:99999999999")]
    [InlineData(null)]
    public void Other_names_are_refused_without_a_look_at_the_machine(string? name) =>
        Assert.Equal(
            $"device '{name}' is not known: auto, cpu, cuda, or a card's number as in cuda:1",
            Assert.Throws<InputException>(() => ComputeDevice.RequireName(name)).Message
        );

    [Fact]
    public void A_name_finds_its_card()
    {
        Assert.Equal("cpu, f32", ComputeDevice.Find("cpu", ComputePrecision.Auto, 3, Four).ToString());
        Assert.True(ComputeDevice.Find("auto", ComputePrecision.Auto, 0, new Machine { IsInLibtorch = false }).IsCpu);
        Assert.Equal(0, ComputeDevice.Find("auto", ComputePrecision.Auto, 0, Four).Device.index);
        Assert.Equal(2, ComputeDevice.Find("cuda", ComputePrecision.Auto, 2, Four).Device.index);
        Assert.Equal(1, ComputeDevice.Find("cuda:1", ComputePrecision.Auto, 2, Four).Device.index);
        Assert.Equal(
            (DeviceType.CUDA, "cuda:3 (NVIDIA H100, compute capability 9.0, 85 GB), bf16"),
            (
                ComputeDevice.Find("auto", ComputePrecision.Auto, 3, Four).Device.type,
                ComputeDevice.Find("auto", ComputePrecision.Auto, 3, Four).ToString()
            )
        );
    }

    [Fact]
    public void What_cannot_be_used_says_why()
    {
        Assert.Contains("a libtorch for the CPU alone; build it with -p:TorchRuntime", Fault("cuda", new() { IsInLibtorch = false }));
        Assert.Contains(
            "NVIDIA's driver is not installed; install",
            Fault("cuda:0", new() { DriverFault = "NVIDIA's driver is not installed" })
        );
        Assert.Contains("speaks CUDA 12.2 at most", Fault("cuda", new()));
        Assert.Equal("device cuda:4: this machine has 4 cards for libtorch, cuda:0 to cuda:3", Fault("cuda:4", Four));
        Assert.Contains("this is process 5 of its machine, which has 4 cards", Fault("auto", Four, localRank: 4));
        var old = Four with { Capability = 50, Fault = "CUDA error: no kernel image is available for execution on the device" };
        Assert.Contains("compute capability 5.0, 85 GB) is too old, or too new", Fault("cuda", old));
        Assert.Contains("cannot be used: CUDA error: out of memory;", Fault("cuda", Four with { Fault = "CUDA error: out of memory" }));
        var instead = ComputeDevice.Find("auto", ComputePrecision.Auto, 0, old);
        Assert.True(instead.IsCpu);
        Assert.StartsWith("cpu (cuda:0 (NVIDIA H100", instead.ToString());

        static string Fault(string name, Machine machine, int localRank = 0) =>
            Assert.Throws<InputException>(() => ComputeDevice.Find(name, ComputePrecision.Auto, localRank, machine)).Message;
    }

    [Fact]
    public void The_precision_follows_the_device()
    {
        Machine turing = Four with { Capability = 75 },
            none = new() { IsInLibtorch = false };
        Assert.Equal(
            (ComputePrecision.F32, ComputePrecision.F32, ComputePrecision.Bf16),
            (Of("auto", ComputePrecision.Auto, none), Of("cuda", ComputePrecision.Auto, turing), Of("cuda", ComputePrecision.Auto, Four))
        );
        Assert.Equal(ComputePrecision.Bf16, Of("cpu", ComputePrecision.Bf16, Four));
        Assert.Equal(ComputePrecision.Tf32, Of("auto", ComputePrecision.Tf32, Four));
        Assert.Contains("needs a CUDA card", Assert.Throws<InputException>(() => Of("auto", ComputePrecision.Tf32, none)).Message);
        Assert.Contains(
            "precision bf16 needs compute capability 8.0, and cuda:0 (NVIDIA H100, compute capability 7.5",
            Assert.Throws<InputException>(() => Of("cuda", ComputePrecision.Bf16, turing)).Message
        );

        static ComputePrecision Of(string name, ComputePrecision wished, Machine machine) =>
            ComputeDevice.Find(name, wished, 0, machine).Precision;
    }

    [Fact]
    public void This_machine_is_asked_without_harm()
    {
        var found = ComputeDevice.Find("auto");
        if (!found.IsCpu)
            return;
        Assert.Matches("^device cuda: .*(libtorch|driver)", Assert.Throws<InputException>(() => ComputeDevice.Find("cuda")).Message);
    }
}
