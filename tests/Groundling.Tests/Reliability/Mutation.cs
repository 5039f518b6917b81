using System.Buffers.Binary;

namespace Groundling.Tests.Reliability;

/// <summary>Changes inputs at random: a few bytes, pieces cut, doubled, moved between inputs, and numbers that are edges.</summary>
internal static class Mutation
{
    private static readonly byte[] Bytes =
    [
        0,
        1,
        0x7F,
        0x80,
        0xFF,
        (byte)'"',
        (byte)'{',
        (byte)'[',
        (byte)'\\',
        (byte)'\n',
        (byte)'-',
        (byte)'9',
    ];
    private static readonly long[] Numbers =
    [
        0,
        1,
        -1,
        255,
        65_535,
        int.MaxValue,
        int.MinValue,
        uint.MaxValue,
        long.MaxValue,
        long.MinValue,
    ];
    private static readonly List<byte[]> Words = new List<string>
    {
        "null",
        "true",
        "-1",
        "1e999",
        "18446744073709551616",
        "0.5",
        "\"\"",
        "[]",
        "{}",
        "\\ud800",
        "\\u0000",
        "[[",
        "]]",
        ",,",
        "\"id\":",
        "a-",
        "[a]",
        "\u0130",
        "\r\n",
        "--x",
        ";",
    }.ConvertAll(System.Text.Encoding.UTF8.GetBytes);

    /// <summary>A changed copy of one of the inputs.</summary>
    public static byte[] Of(IReadOnlyList<byte[]> corpus, Random random)
    {
        var made = new List<byte>(corpus[random.Next(corpus.Count)]);
        for (var i = 1 << random.Next(4); i > 0; i--)
            Change(made, corpus, random);
        return [.. made];
    }

    private static void Change(List<byte> made, IReadOnlyList<byte[]> corpus, Random random)
    {
        int at = random.Next(made.Count + 1),
            length = Math.Min(random.Next(1, 1 + (1 << random.Next(8))), made.Count - at);
        switch (random.Next(9))
        {
            case 0 when at < made.Count:
                made[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < made.Count:
                made[at] = Bytes[random.Next(Bytes.Length)];
                break;
            case 2:
                made.RemoveRange(at, length);
                break;
            case 3:
                made.InsertRange(at, made.GetRange(at, length));
                break;
            case 4:
                var other = corpus[random.Next(corpus.Count)];
                var from = random.Next(other.Length + 1);
                made.InsertRange(at, other.AsSpan(from, Math.Min(length, other.Length - from)));
                break;
            case 5:
                made.InsertRange(at, Words[random.Next(Words.Count)]);
                break;
            case 6:
                made.RemoveRange(at, made.Count - at);
                break;
            case 7:
                var number = new byte[8];
                var value = Numbers[random.Next(Numbers.Length)] + random.Next(-1, 2);
                if (random.Next(2) == 0)
                    BinaryPrimitives.WriteInt64LittleEndian(number, value);
                else
                    BinaryPrimitives.WriteInt64BigEndian(number, value);
                var width = Math.Min(1 << random.Next(4), made.Count - at);
                for (var i = 0; i < width; i++)
                    made[at + i] = number[i];
                break;
            default:
                var noise = new byte[length];
                random.NextBytes(noise);
                made.InsertRange(at, noise);
                break;
        }
    }
}
