using System.Buffers.Binary;
using Groundling.Data;
using Tensorboard;

namespace Groundling.Tests.Training;

/// <summary>Reads TensorBoard's files as the format's description has it, checksums included.</summary>
internal static class EventFileReader
{
    public static List<Event> Read(string path)
    {
        var bytes = File.ReadAllBytes(path).AsSpan();
        var events = new List<Event>();
        while (bytes.Length > 0)
        {
            var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            Check(bytes[..8], bytes[8..]);
            Check(bytes.Slice(12, length), bytes[(12 + length)..]);
            events.Add(Event.Parser.ParseFrom(bytes.Slice(12, length).ToArray()));
            bytes = bytes[(16 + length)..];
        }
        return events;
    }

    private static void Check(ReadOnlySpan<byte> data, ReadOnlySpan<byte> mark)
    {
        var rotated = BinaryPrimitives.ReadUInt32LittleEndian(mark) - 0xA282EAD8;
        Assert.Equal(Crc32C.Of(data), (rotated << 15) | (rotated >> 17));
    }
}
