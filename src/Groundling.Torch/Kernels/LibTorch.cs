using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Torch;

/// <summary>Functions of libtorch's C interface that TorchSharp does not wrap. Tensor handles are the same in both.</summary>
/// <remarks>The dispatcher takes over the handles it is given; the <c>aoti_torch_cpu_*</c> functions only borrow theirs.</remarks>
internal static unsafe partial class LibTorch
{
    /// <summary>What oneDNN's operators are told where nothing is fused with them.</summary>
    public static readonly byte[] NoActivation = "none\0"u8.ToArray(),
        NoAlgorithm = "\0"u8.ToArray();

    private const string Library = "torch_cpu";
    private const ulong InterfaceVersion = 0x020A_0000_0000_0000; // 2.10

    /// <summary>The address of a CPU tensor's first element, for kernels that read and write it.</summary>
    /// <exception cref="InvalidOperationException">The tensor lies on another device.</exception>
    public static nint DataPointer(Tensor tensor) =>
        tensor.device_type == DeviceType.CPU
            ? Pointer(tensor)
            : throw new InvalidOperationException(
                $"a tensor on {tensor.device} is not in the memory that this kernel reads; move it to the CPU"
            );

    /// <summary>The address of a tensor's first element on its own device.</summary>
    public static nint Pointer(Tensor tensor)
    {
        nint pointer;
        Check(aoti_torch_get_data_ptr(tensor.Handle, &pointer), nameof(aoti_torch_get_data_ptr));
        return pointer;
    }

    /// <summary>Writes the bytes of a contiguous CPU tensor.</summary>
    public static void WriteBytes(Tensor tensor, Stream stream)
    {
        const long largest = 1 << 24;
        var start = (byte*)DataPointer(tensor);
        var count = tensor.numel() * tensor.dtype.ElementSize();
        for (long at = 0; at < count; at += largest)
            stream.Write(new ReadOnlySpan<byte>(start + at, (int)Math.Min(largest, count - at)));
        GC.KeepAlive(tensor);
    }

    /// <summary>Calls any operator of libtorch that returns one tensor.</summary>
    public static Tensor Call(string name, params ReadOnlySpan<ulong> arguments) =>
        Tensor.UnsafeCreateTensor((nint)CallForNumber(name, arguments));

    /// <summary>Calls any operator of libtorch that returns one number.</summary>
    public static ulong CallForNumber(string name, params ReadOnlySpan<ulong> arguments)
    {
        var stack = stackalloc ulong[Math.Max(arguments.Length, 1)];
        arguments.CopyTo(new Span<ulong>(stack, arguments.Length));
        Check(torch_call_dispatcher(name, "", stack, InterfaceVersion), name);
        return stack[0];
    }

    /// <summary>A tensor as an argument of <see cref="Call"/>.</summary>
    public static ulong Argument(Tensor tensor)
    {
        nint handle;
        Check(aoti_torch_new_tensor_handle(tensor.Handle, &handle), nameof(aoti_torch_new_tensor_handle));
        return (ulong)handle;
    }

    /// <summary>A list of numbers as an argument of <see cref="Call"/>.</summary>
    public static ulong Argument(params ReadOnlySpan<long> numbers)
    {
        nint list;
        Check(torch_new_list_reserve_size((nuint)numbers.Length, &list), nameof(torch_new_list_reserve_size));
        foreach (var number in numbers)
            Check(torch_list_push_back(list, (ulong)number), nameof(torch_list_push_back));
        return (ulong)list;
    }

    /// <summary>A number as an argument of <see cref="Call"/>.</summary>
    public static ulong Argument(double number) => BitConverter.DoubleToUInt64Bits(number);

    /// <summary>A value in place of an optional argument of <see cref="Call"/>.</summary>
    public static ulong Some(ulong value)
    {
        var boxed = (ulong*)OperatorNew(sizeof(ulong)); // the dispatcher deletes it
        *boxed = value;
        return (ulong)boxed;
    }

    public static void Check(int code, string operation)
    {
        if (code == 0)
            return;
        var message = Marshal.PtrToStringUTF8(torch_exception_get_what_without_backtrace());
        throw new InvalidOperationException($"{operation} failed: {message}");
    }

    [DllImport(Library)]
    private static extern int aoti_torch_get_data_ptr(nint tensor, nint* pointer);

    [DllImport(Library)]
    private static extern int aoti_torch_new_tensor_handle(nint tensor, nint* copy);

    [DllImport(Library)]
    private static extern nint torch_exception_get_what_without_backtrace();

    [DllImport(Library)]
    private static extern int torch_new_list_reserve_size(nuint size, nint* list);

    [DllImport(Library)]
    private static extern int torch_list_push_back(nint list, ulong value);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int torch_call_dispatcher(string name, string overload, ulong* stack, ulong version);

    [DllImport(Library)]
    public static extern int aoti_torch_cpu_mkldnn__convolution_pointwise(
        nint input,
        nint weight,
        nint* bias,
        long* padding,
        long paddings,
        long* stride,
        long strides,
        long* dilation,
        long dilations,
        long groups,
        byte* activation,
        double** scalars,
        long scalarCount,
        byte** algorithm,
        nint* result
    );

    [DllImport(Library)]
    public static extern int aoti_torch_cpu__linear_pointwise(
        nint input,
        nint weight,
        nint* bias,
        byte* activation,
        double** scalars,
        long scalarCount,
        byte** algorithm,
        nint* result
    );

    [DllImport(Library)]
    public static extern int aoti_torch_cpu__qconv_pointwise_tensor(
        nint input,
        nint inputScale,
        nint inputZeroPoint,
        nint weight,
        nint weightScale,
        nint weightZeroPoint,
        nint* bias,
        long* stride,
        long strides,
        long* padding,
        long paddings,
        long* dilation,
        long dilations,
        long groups,
        double outputScale,
        long outputZeroPoint,
        int* outputType,
        byte* activation,
        double** scalars,
        long scalarCount,
        byte** algorithm,
        nint* result
    );

    [DllImport(Library)]
    public static extern int aoti_torch_cpu__qlinear_pointwise_tensor(
        nint input,
        nint inputScale,
        nint inputZeroPoint,
        nint weight,
        nint weightScale,
        nint weightZeroPoint,
        nint* bias,
        double outputScale,
        long outputZeroPoint,
        int* outputType,
        byte* activation,
        double** scalars,
        long scalarCount,
        byte* algorithm,
        nint* result
    );

    [DllImport(Library)]
    public static extern int aoti_torch_get_layout(nint tensor, int* layout);

    [DllImport(Library)]
    public static extern int aoti_torch_layout__mkldnn();

    [DllImport(Library)]
    public static extern int aoti_torch_layout_strided();

    [DllImport(Library)]
    public static extern int aoti_torch_create_tensor_from_blob_v2(
        nint data,
        long dimensions,
        long* sizes,
        long* strides,
        long offset,
        int type,
        int deviceType,
        int device,
        nint* result,
        int layout,
        byte* description,
        long descriptionLength
    );

    [DllImport(Library)]
    public static extern int aoti_torch_cpu_bmm_out(nint result, nint left, nint right);

    [DllImport("libstdc++.so.6", EntryPoint = "_Znwm")]
    private static extern nint OperatorNew(nuint size);
}
