using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Torch;

/// <summary>A weight rearranged for speed, in memory of its own or in a file's.</summary>
/// <param name="tensor">The rearranged weight, which this owns.</param>
/// <param name="file">What holds the memory that it lies in; null where that is its own.</param>
internal sealed class PackedTensor(Tensor tensor, Tensor? file = null) : IDisposable
{
    public Tensor Tensor { get; } = tensor.DetachFromDisposeScope();

    /// <summary>Lets the system take back the memory of what lies in a file (<see cref="MappedFile.ReleasePages"/>).</summary>
    public void ReleasePages()
    {
        if (file is not null || !OneDnnLayout.Has(Tensor))
            MappedFile.ReleasePages(file ?? Tensor);
    }

    public void Dispose()
    {
        Tensor.Dispose();
        file?.Dispose();
    }
}

/// <summary>Tensors in a layout that only oneDNN knows, as bytes with a description, and back.</summary>
internal static unsafe class OneDnnLayout
{
    /// <summary>Whether a tensor is in such a layout.</summary>
    public static bool Has(Tensor tensor)
    {
        int layout;
        LibTorch.Check(LibTorch.aoti_torch_get_layout(tensor.Handle, &layout), nameof(LibTorch.aoti_torch_get_layout));
        return layout == LibTorch.aoti_torch_layout__mkldnn();
    }

    /// <summary>oneDNN's own description of a tensor's layout.</summary>
    public static Tensor Describe(Tensor tensor) => LibTorch.Call("mkldnn::_get_mkldnn_serialized_md", LibTorch.Argument(tensor));

    /// <summary>The tensor's bytes, in the memory where they lie.</summary>
    public static Tensor Bytes(Tensor tensor)
    {
        var count = (long)LibTorch.CallForNumber("mkldnn::_nbytes", LibTorch.Argument(tensor));
        return Blob(LibTorch.Pointer(tensor), [count], ScalarType.Byte, LibTorch.aoti_torch_layout_strided(), description: default);
    }

    /// <summary>A tensor over bytes that stay somebody else's.</summary>
    public static Tensor Over(Tensor bytes, Tensor description, long[] shape, ScalarType type) =>
        Blob(
            LibTorch.DataPointer(bytes),
            shape,
            type,
            LibTorch.aoti_torch_layout__mkldnn(),
            new ReadOnlySpan<byte>((void*)LibTorch.DataPointer(description), (int)description.numel())
        );

    private static Tensor Blob(nint data, long[] shape, ScalarType type, int layout, ReadOnlySpan<byte> description)
    {
        var strides = new long[shape.Length];
        for (var (i, step) = (shape.Length - 1, 1L); i >= 0; step *= shape[i--])
            strides[i] = step;
        nint result;
        fixed (
            long* sizes = shape,
                steps = strides
        )
        fixed (byte* described = description)
            LibTorch.Check(
                LibTorch.aoti_torch_create_tensor_from_blob_v2(
                    data,
                    shape.Length,
                    sizes,
                    steps,
                    0,
                    (int)type,
                    0,
                    0,
                    &result,
                    layout,
                    described,
                    description.Length
                ),
                nameof(LibTorch.aoti_torch_create_tensor_from_blob_v2)
            );
        return torch.Tensor.UnsafeCreateTensor(result);
    }
}
