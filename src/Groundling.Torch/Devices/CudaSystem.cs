using System.Diagnostics;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Torch;

/// <summary>CUDA as it is: libtorch's own answers, and NVIDIA's driver where these say too little.</summary>
internal sealed unsafe partial class CudaSystem : ICudaSystem
{
    private const int MajorCapability = 75,
        MinorCapability = 76; // attributes of a card
    private const string Driver = "libcuda.so.1"; // of Linux; Windows' is below

    static CudaSystem() =>
        NativeLibrary.SetDllImportResolver(
            typeof(CudaSystem).Assembly,
            (name, assembly, path) =>
                name == Driver && OperatingSystem.IsWindows() && NativeLibrary.TryLoad("nvcuda.dll", assembly, path, out var driver)
                    ? driver
                    : 0
        );

    private CudaSystem() { }

    /// <summary>The only one.</summary>
    public static CudaSystem Instance { get; } = new();

    /// <inheritdoc/>
    public int UsableCards => cuda.is_available() ? cuda.device_count() : 0;

    /// <inheritdoc/>
    public bool IsInLibtorch
    {
        get
        {
            using var process = Process.GetCurrentProcess();
            return process.Modules.Cast<ProcessModule>().Any(module => module.ModuleName.Contains("torch_cuda", StringComparison.Ordinal));
        }
    }

    /// <inheritdoc/>
    public string? DriverFault
    {
        get
        {
            try
            {
                var code = cuInit(0);
                if (code == 0)
                    code =
                        cuDeviceGetCount(out var count) is var failed and not 0 ? failed
                        : count == 0 ? 100
                        : 0;
                return code switch
                {
                    0 => null,
                    100 => "NVIDIA's driver finds no card",
                    _ => $"NVIDIA's driver does not start (code {code})",
                };
            }
            catch (DllNotFoundException)
            {
                return "NVIDIA's driver is not installed";
            }
        }
    }

    /// <inheritdoc/>
    public int DriverVersion => cuDriverGetVersion(out var version) == 0 ? version : 0;

    /// <inheritdoc/>
    public (string Name, int Capability, long Memory) Describe(int card)
    {
        const int longest = 256;
        var name = stackalloc byte[longest];
        nuint memory = 0;
        int major = 0,
            minor = 0;
        var code = cuInit(0);
        if (code == 0)
            code = cuDeviceGet(out var handle, card) is var failed and not 0 ? failed : Read(handle);
        return code == 0
            ? (Marshal.PtrToStringUTF8((nint)name) ?? "", 10 * major + minor, (long)memory)
            : throw new InputException($"cuda:{card} does not answer (NVIDIA's driver, code {code})");

        int Read(int handle)
        {
            var first = cuDeviceGetName(name, longest, handle);
            if (first == 0)
                first = cuDeviceTotalMem_v2(out memory, handle);
            if (first == 0)
                first = cuDeviceGetAttribute(out major, MajorCapability, handle);
            return first == 0 ? cuDeviceGetAttribute(out minor, MinorCapability, handle) : first;
        }
    }

    /// <inheritdoc/>
    public string? Try(int card)
    {
        try
        {
            using var scope = NewDisposeScope();
            var ones = torch.ones(8, device: new Device(DeviceType.CUDA, card));
            return ones.matmul(ones).cpu().item<float>() == 8 ? null : "it computes wrongly";
        }
        catch (ExternalException e)
        {
            return e.Message.Split('\n')[0];
        }
    }

    [LibraryImport(Driver)]
    private static partial int cuInit(uint flags);

    [LibraryImport(Driver)]
    private static partial int cuDriverGetVersion(out int version);

    [LibraryImport(Driver)]
    private static partial int cuDeviceGetCount(out int count);

    [LibraryImport(Driver)]
    private static partial int cuDeviceGet(out int device, int ordinal);

    [LibraryImport(Driver)]
    private static partial int cuDeviceGetName(byte* name, int length, int device);

    [LibraryImport(Driver)]
    private static partial int cuDeviceTotalMem_v2(out nuint bytes, int device);

    [LibraryImport(Driver)]
    private static partial int cuDeviceGetAttribute(out int value, int attribute, int device);
}
