using System.Reflection;
using System.Runtime.InteropServices;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using Module = TorchSharp.torch.nn.Module;

namespace Groundling.Tests.Devices;

/// <summary>
/// libtorch's lazy device: a second device that every CPU has. Like a card it refuses operators on tensors of two devices and reading its
/// memory.
/// </summary>
/// <remarks>
/// What it computes is the CPU's own arithmetic, so values are those of the CPU. It cannot be taken back once it is there: only explicit
/// tests, in a process of their own, may ask for it.
/// </remarks>
internal static partial class LazyDevice
{
    private const int Kind = 17; // DeviceType::Lazy
    private const string Library = "torch_cpu";

    private static readonly Lazy<ComputeDevice> Found = new(() =>
    {
        using (zeros(1))
            InitTorchScriptBackend(); // libtorch is loaded first
        SetGraphExecutorOptimize(false);
        return new(new Device((DeviceType)Kind, 0), "lazy", ComputePrecision.F32);
    });

    public static ComputeDevice Place => Found.Value;

    public static Device Device => Place.Device;

    /// <summary>
    /// Operators wait until their numbers are asked for, and rows of thousands take minutes and gigabytes to compile: what waits is
    /// computed after each of the layers that an object holds in its fields, on the way back, too.
    /// </summary>
    public static T Paced<T>(T holder)
        where T : notnull
    {
        var held = holder
            .GetType()
            .GetFields(BindingFlags.Instance | BindingFlags.NonPublic)
            .Select(field => field.GetValue(holder))
            .OfType<Module>()
            .Append(holder as Module);
        foreach (var layer in held.OfType<Module>().SelectMany(module => module.modules()).OfType<Module<Tensor, Tensor>>().Distinct())
            layer.register_forward_hook((_, _, output) => Pace.apply([output]));
        return holder;
    }

    private sealed class Pace : autograd.SingleTensorFunction<Pace>
    {
        public override string Name => nameof(Pace);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars) => Computed((Tensor)vars[0]);

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output) => [Computed(grad_output)];

        private static Tensor Computed(Tensor waiting)
        {
            SyncLiveTensorsGraph(GetExecutor(), 0, 0, 0, true);
            return waiting.alias();
        }
    }

    [LibraryImport(Library, EntryPoint = "_ZN5torch4lazy22InitTorchScriptBackendEv")]
    private static partial void InitTorchScriptBackend();

    [LibraryImport(Library, EntryPoint = "_ZN5torch3jit24setGraphExecutorOptimizeEb")]
    private static partial void SetGraphExecutorOptimize([MarshalAs(UnmanagedType.U1)] bool optimize);

    [LibraryImport(Library, EntryPoint = "_ZN5torch4lazy17LazyGraphExecutor3GetEv")]
    private static partial nint GetExecutor();

    /// <summary>Of all devices where none is given; the names of devices are an address and a length.</summary>
    [LibraryImport(
        Library,
        EntryPoint = "_ZN5torch4lazy17LazyGraphExecutor20SyncLiveTensorsGraphEPKNS0_13BackendDeviceEN3c108ArrayRefINSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEEEEb"
    )]
    private static partial void SyncLiveTensorsGraph(
        nint executor,
        nint device,
        nint names,
        nint count,
        [MarshalAs(UnmanagedType.U1)] bool wait
    );
}
