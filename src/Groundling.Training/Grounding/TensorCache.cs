using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Groundling.Core;
using Groundling.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Training;

/// <summary>
/// Tensors on disk under keys that say all they were made from: a changed picture, caption, size or model has another key.
/// </summary>
/// <remarks>
/// One float32 tensor a file: the mark GLTC, a checksum of what follows, the 32 bytes of the key, the number of sizes, the sizes, the
/// numbers; little endian. A file appears whole or not at all; one that is damaged all the same is made anew. Safe for several processes.
/// </remarks>
/// <param name="folder">Made when the first tensor is written.</param>
public sealed class TensorCache(string folder)
{
    private const int Checked = 8,
        HashBytes = 32,
        Head = Checked + HashBytes + 4;
    private static readonly byte[] Mark = "GLTC"u8.ToArray();
    private int _damaged,
        _found,
        _made;
    private bool _readOnly;

    /// <summary>Files that were damaged, and have been or will be replaced.</summary>
    public int Damaged => _damaged;

    /// <summary>Tensors that were there.</summary>
    public int Found => _found;

    /// <summary>Tensors that were written.</summary>
    public int Made => _made;

    /// <summary>
    /// Makes the folder where it is missing. One that may only be read is a cache all the same, and is given nothing to keep.
    /// </summary>
    /// <returns>Why nothing can be kept; null where it can.</returns>
    public string? Prepare()
    {
        try
        {
            Directory.CreateDirectory(folder);
            AtomicFile.Temporary(folder).Dispose();
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _readOnly = true;
            return FileFault.ReasonOf(e);
        }
    }

    /// <summary>A key: the SHA-256 of the parts and their lengths.</summary>
    public static byte[] Key(params ReadOnlySpan<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts)
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            hash.AppendData(BitConverter.GetBytes(bytes.Length));
            hash.AppendData(bytes);
        }
        return hash.GetHashAndReset();
    }

    /// <summary>The tensor of a key, or null where it is not there or damaged. Safe for several threads.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public CachedTensor? Read(byte[] key)
    {
        var path = PathOf(key);
        if (!File.Exists(path))
            return null;
        var entry = Parse(File.ReadAllBytes(path), key);
        Interlocked.Increment(ref entry is null ? ref _damaged : ref _found);
        return entry;
    }

    /// <summary>Keeps a tensor; does nothing where <see cref="Prepare"/> found that nothing can be kept.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="value">float32, on any device.</param>
    /// <exception cref="IOException">The disk is full or the folder cannot be written; the message names the cache.</exception>
    public void Write(byte[] key, Tensor value)
    {
        if (_readOnly)
            return;
        var shape = value.shape;
        var numbers = Numbers(value);
        var file = new byte[Head + 8 * shape.Length + sizeof(float) * numbers.Length];
        Mark.CopyTo(file, 0);
        key.CopyTo(file, Checked);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(Checked + HashBytes), shape.Length);
        for (var i = 0; i < shape.Length; i++)
            BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(Head + 8 * i), shape[i]);
        MemoryMarshal.AsBytes<float>(numbers).CopyTo(file.AsSpan(Head + 8 * shape.Length));
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(Mark.Length), Crc32C.Of(file.AsSpan(Checked)));
        Write(PathOf(key), file);
        Interlocked.Increment(ref _made);
    }

    private static float[] Numbers(Tensor value)
    {
        using var scope = NewDisposeScope();
        return value.detach().cpu().contiguous().data<float>().ToArray();
    }

    /// <summary>Not flushed to the disk: after a power cut the checksum shows what is missing, and it is made again.</summary>
    private void Write(string path, byte[] file)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            AtomicFile.Write(path, stream => stream.Write(file), keep: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"the cache {folder} cannot be written: {e.Message.TrimEnd('.')}; make room, name another train.cache, or none",
                e
            );
        }
    }

    private string PathOf(byte[] key)
    {
        var name = Convert.ToHexStringLower(key);
        return Path.Combine(folder, name[..2], name[2..]);
    }

    private static CachedTensor? Parse(byte[] file, byte[] key)
    {
        if (file.Length < Head || !file.AsSpan(0, Mark.Length).SequenceEqual(Mark))
            return null;
        if (BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(Mark.Length)) != Crc32C.Of(file.AsSpan(Checked)))
            return null;
        if (!file.AsSpan(Checked, HashBytes).SequenceEqual(key))
            return null;
        var dimensions = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(Checked + HashBytes));
        var shape = MemoryMarshal.Cast<byte, long>(file.AsSpan(Head, 8 * dimensions)).ToArray();
        return new(MemoryMarshal.Cast<byte, float>(file.AsSpan(Head + 8 * dimensions)).ToArray(), shape);
    }
}
