using System.Buffers.Binary;
using System.Text.Json;
using Groundling.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Torch;

/// <summary>Writes safetensors files, whole or not at all.</summary>
public static class SafetensorsWriter
{
    /// <summary>Writes the tensors in the order given.</summary>
    /// <param name="path">The file; an existing one is replaced when the new one is complete.</param>
    /// <param name="tensors">Names and tensors of any device and layout.</param>
    /// <param name="metadata">Free text pairs for the header.</param>
    /// <param name="keep">Whether the disk has the file when this returns; a cache's may be lost in a power cut.</param>
    /// <exception cref="IOException">The disk is full or the folder cannot be written.</exception>
    public static void Write(
        string path,
        IEnumerable<(string Name, Tensor Tensor)> tensors,
        IReadOnlyDictionary<string, string>? metadata = null,
        bool keep = true
    )
    {
        var all = tensors.ToList();
        Write(path, [.. all.Select(t => (t.Name, t.Tensor.dtype, t.Tensor.shape))], index => all[index].Tensor.alias(), metadata, keep);
    }

    /// <summary>Writes tensors that are made one at a time, so that a file larger than memory can be written.</summary>
    /// <param name="path">The file; an existing one is replaced when the new one is complete.</param>
    /// <param name="layout">Name, type and shape of every tensor, in order.</param>
    /// <param name="make">Makes the tensor at an index of <paramref name="layout"/>; it is disposed when written.</param>
    /// <param name="metadata">Free text pairs for the header.</param>
    /// <param name="keep">Whether the disk has the file when this returns; a cache's may be lost in a power cut.</param>
    /// <exception cref="IOException">The disk is full or the folder cannot be written.</exception>
    public static void Write(
        string path,
        IReadOnlyList<(string Name, ScalarType Type, long[] Shape)> layout,
        Func<int, Tensor> make,
        IReadOnlyDictionary<string, string>? metadata = null,
        bool keep = true
    ) =>
        AtomicFile.Write(
            path,
            stream =>
            {
                stream.Write(Header(layout, metadata));
                for (var i = 0; i < layout.Count; i++)
                {
                    using var scope = NewDisposeScope();
                    var (name, type, shape) = layout[i];
                    var tensor = make(i).detach().to(type).cpu().contiguous();
                    if (!tensor.shape.SequenceEqual(shape))
                        throw new ArgumentException($"'{name}' was announced as [{string.Join(", ", shape)}]");
                    LibTorch.WriteBytes(tensor, stream);
                }
            },
            keep
        );

    private static byte[] Header(
        IReadOnlyList<(string Name, ScalarType Type, long[] Shape)> layout,
        IReadOnlyDictionary<string, string>? metadata
    )
    {
        using var buffer = new MemoryStream();
        buffer.Write(stackalloc byte[8]);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject("__metadata__");
                foreach (var (key, value) in metadata)
                    json.WriteString(key, value);
                json.WriteEndObject();
            }
            long offset = 0;
            foreach (var (name, type, shape) in layout)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", SafetensorsTypes.Name(type));
                json.WriteStartArray("shape");
                foreach (var size in shape)
                    json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                offset += shape.Aggregate(1L, (product, size) => product * size) * type.ElementSize();
                json.WriteNumberValue(offset);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        while (buffer.Length % 64 != 0)
            buffer.WriteByte((byte)' '); // tensors start aligned, so that they can be used in place
        var bytes = buffer.ToArray();
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)bytes.Length - 8);
        return bytes;
    }
}
