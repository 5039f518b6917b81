using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Groundling.Tests.Data;
using Groundling.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Groundling.Tests.Torch;

public class SafetensorsTests
{
    [Fact]
    public void Every_type_survives_a_round_trip()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        ScalarType[] types = [float64, float32, float16, bfloat16, int64, int32, int16, int8, uint8, @bool];
        var values = tensor(new[] { 0.0, 1, 2, 3, 100, 127 });
        var written = types
            .Select(type => (type.ToString(), values.to(type).view(2, 3)))
            .Append(("scalar", tensor(5f)))
            .Append(("nothing", zeros(0, 4)))
            .ToList();
        SafetensorsWriter.Write(folder.File("all.safetensors"), written, new Dictionary<string, string> { ["who"] = "ünï" });

        using var file = SafetensorsFile.Open(folder.File("all.safetensors"));
        Assert.Equal("ünï", file.Metadata["who"]);
        Assert.Equal(
            written.Select(pair => pair.Item1),
            file.Entries.Values.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End).Select(entry => entry.Name)
        );
        foreach (var (name, tensor) in written)
        {
            var read = file.Read(name);
            Assert.Equal(tensor.dtype, read.dtype);
            Assert.Equal(tensor.shape, read.shape);
            Assert.Equal(tensor.to(float64).flatten().data<double>().ToArray(), read.to(float64).flatten().data<double>().ToArray());
        }
    }

    [Fact]
    public void Any_layout_is_written_as_it_reads()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var base_ = arange(24, dtype: float32).view(2, 3, 4);
        SafetensorsWriter.Write(
            folder.File("views.safetensors"),
            [("turned", base_.transpose(0, 2)), ("part", base_[.., 1..2, ..]), ("wide", ones(1).expand(3))]
        );
        using var file = SafetensorsFile.Open(folder.File("views.safetensors"));
        Assert.Equal([0, 12, 4, 16, 8, 20, 1, 13], file.Read("turned").flatten().data<float>().Take(8));
        Assert.Equal([4, 5, 6, 7, 16, 17, 18, 19], file.Read("part").flatten().data<float>());
        Assert.Equal([1, 1, 1], file.Read("wide").data<float>());
    }

    [Fact]
    public void Tensors_lie_in_the_file_and_outlive_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads /proc");
        using var folder = new TemporaryFolder();
        var path = folder.File("large.safetensors");
        using (NewDisposeScope())
        {
            SafetensorsWriter.Write(path, [("x", arange(1 << 18, dtype: float32))]);
            Tensor tensor;
            using (var file = SafetensorsFile.Open(path))
                tensor = file.Read("x");
            Assert.Equal(path, MappedFileAt(AddressOf(tensor)));
            Assert.Equal(262143, tensor[-1].item<float>());
            tensor.fill_(-1);
            using var again = SafetensorsFile.Open(path);
            Assert.Equal(5, again.Read("x")[5].item<float>()); // what is done to a tensor never reaches the file
        }
        Assert.DoesNotContain(path, File.ReadAllText("/proc/self/maps")); // and the last one that goes closes it
    }

    [Fact]
    public void Misaligned_tensors_are_read_all_the_same()
    {
        using var folder = new TemporaryFolder();
        const string header =
            """{"byte":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"x":{"dtype":"F32","shape":[2],"data_offsets":[1,9]}}""";
        var path = folder.Write("odd.safetensors", Bytes(header, [7, .. BitConverter.GetBytes(1.5f), .. BitConverter.GetBytes(-2f)]));
        using var file = SafetensorsFile.Open(path);
        using var x = file.Read("x");
        Assert.Equal([1.5f, -2f], x.data<float>());
    }

    [Theory]
    [InlineData(
        """{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"y":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""",
        8,
        "'y'",
        "overlap"
    )]
    [InlineData(
        """{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"y":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""",
        12,
        "'y'",
        "gaps"
    )]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "'x'", "gaps")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "'x'", "needs 8")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "'x'", "truncated")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 12, "4 bytes after", "damaged")]
    [InlineData("""{"x":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "'x'", "negative")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8, "'x'", "damaged")]
    [InlineData("""{"x":{"dtype":"F32","shape":[4611686018427387904,4611686018427387904,64],"data_offsets":[0,0]}}""", 0, "'x'", "needs")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[]}}""", 8, "'x'", "a begin and an end")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8,16]}}""", 8, "'x'", "a begin and an end")]
    [InlineData("""{"x":{"dtype":"Q4","shape":[2],"data_offsets":[0,8]}}""", 8, "Q4", "BF16")]
    [InlineData(
        """{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""",
        8,
        "'x'",
        "twice"
    )]
    [InlineData("""{"x":{"dtype":"F32","data_offsets":[0,8]}}""", 8, "header", "cannot be read")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1.5],"data_offsets":[0,8]}}""", 8, "header", "cannot be read")]
    [InlineData("""{"x":[1]}""", 8, "header", "cannot be read")]
    [InlineData("""["x"]""", 8, "header", "begin with '{'")]
    [InlineData("""{"x":""", 8, "header", "cannot be read")]
    [InlineData("""{"x":{"dtype":"I32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "'dtype'", "twice")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,9],"data_offsets":[0,4]}}""", 4, "'data_offsets'", "twice")]
    [InlineData(
        """{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"\u0078":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""",
        4,
        "'x'",
        "twice"
    )]
    [InlineData(
        """{"__metadata__":{},"__metadata__":{},"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""",
        4,
        "'__metadata__'",
        "twice"
    )]
    [InlineData("""{"__metadata__":{"a":"x","a":"y"},"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "'a'", "twice")]
    [InlineData("""{"__metadata__":{"a":1},"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "header", "cannot be read")]
    [InlineData("""{"__metadata__":{"a":null},"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "'a'", "not a text")]
    [InlineData("""{"x":{"dtype":"F32","shape":[-0],"data_offsets":[0,0]}}""", 0, "header", "cannot be read")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1e0],"data_offsets":[0,4]}}""", 4, "header", "cannot be read")]
    [InlineData("""{"\ud800":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "header", "cannot be read")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},}""", 4, "header", "cannot be read")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}garbage""", 4, "header", "cannot be read")]
    [InlineData(""" {"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "header", "begin with '{'")]
    [InlineData("null", 0, "header", "begin with '{'")]
    [InlineData(
        """{"x":{"dtype":"F32","shape":[4611686018427387904,4611686018427387904,0],"data_offsets":[0,0]}}""",
        0,
        "'x'",
        "needs more"
    )]
    [InlineData(
        """{"x":{"dtype":"F32","shape":[0,4611686018427387904,4611686018427387904],"data_offsets":[0,0]}}""",
        0,
        "'x'",
        "needs more"
    )]
    [InlineData(
        """{"x":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]}}""",
        4,
        "'x'",
        "65 dimensions"
    )]
    public void Broken_files_are_refused_by_rule(string header, int dataBytes, string names, string says)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("broken.safetensors", Bytes(header, new byte[dataBytes]));
        var message = Refused(path);
        Assert.Contains(names, message);
        Assert.Contains(says, message);
    }

    [Theory]
    [InlineData("""{"__metadata__":null,"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""")]
    [InlineData("{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}\n \t")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"later":[1,2]}}""")]
    [InlineData(
        """{"y":{"dtype":"F32","shape":[0,3],"data_offsets":[0,0]},"z":{"dtype":"F32","shape":[3,0],"data_offsets":[0,0]},"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"w":{"dtype":"F64","shape":[0],"data_offsets":[4,4]}}"""
    )]
    [InlineData(
        """{"a\nb":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"x":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}"""
    )]
    public void What_the_reference_reads_is_read(string header)
    {
        using var folder = new TemporaryFolder();
        using var file = SafetensorsFile.Open(folder.Write("x.safetensors", Bytes(header, BitConverter.GetBytes(2.5f))));
        using var x = file.Read("x");
        Assert.Equal(2.5f, x.item<float>());
        foreach (var name in file.Entries.Keys)
            file.Read(name).Dispose();
    }

    [Fact]
    public void Bytes_that_are_no_text_are_refused()
    {
        using var folder = new TemporaryFolder();
        var bytes = Bytes("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", new byte[4]);
        bytes[10] = 0xFF;
        Assert.Contains("header", Refused(folder.Write("x.safetensors", bytes)));
        Assert.Contains(
            "header",
            Refused(folder.Write("x.safetensors", [.. BitConverter.GetBytes(5UL), 0xEF, 0xBB, 0xBF, (byte)'{', (byte)'}']))
        );
    }

    [Fact]
    public void Lying_header_lengths_are_refused()
    {
        using var folder = new TemporaryFolder();
        var good = Bytes("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", new byte[8]);
        foreach (var length in (ulong[])[0, 1, (ulong)good.Length - 7, 99_999_999, ulong.MaxValue, 1UL << 63])
        {
            var bytes = good.ToArray();
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);
            Assert.DoesNotContain('\n', Refused(folder.Write("lying.safetensors", bytes)));
        }
        foreach (var count in (int[])[0, 7, 8, 20, good.Length - 1])
            Refused(folder.Write("short.safetensors", good[..count]));
        Assert.Contains("no such file", Refused(folder.File("none.safetensors")));
        Assert.Contains("no such file", Refused(folder.Path));
    }

    [Fact]
    public void Damaged_bytes_are_refused_or_read_but_never_crash()
    {
        using var folder = new TemporaryFolder();
        var random = new Random(3);
        var good = Bytes(
            """{"__metadata__":{"a":"b"},"x":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"y":{"dtype":"I8","shape":[],"data_offsets":[8,9]}}""",
            new byte[9]
        );
        for (var i = 0; i < 400; i++)
        {
            var bytes = good.ToArray();
            for (var k = 0; k <= i % 3; k++)
                bytes[random.Next(i % 5 == 0 ? 8 : bytes.Length)] = (byte)random.Next(256);
            var path = folder.Write("damaged.safetensors", bytes);
            try
            {
                using var source = WeightSource.Open(path);
                foreach (var entry in source.Entries)
                    source.Read(entry.Name).Dispose();
            }
            catch (WeightsException fault)
            {
                Assert.StartsWith(path, fault.Message);
            }
        }
    }

    [Fact]
    public void A_fault_while_writing_leaves_the_old_file_alone()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var path = folder.File("w.safetensors");
        SafetensorsWriter.Write(path, [("old", ones(3))]);
        var before = File.ReadAllBytes(path);
        (string, ScalarType, long[])[] layout = [("a", float32, [1 << 20]), ("b", float32, [2])];
        Assert.Throws<InvalidOperationException>(() =>
            SafetensorsWriter.Write(path, layout, i => i == 0 ? ones(1 << 20) : throw new InvalidOperationException("half way"))
        );
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(path, layout, i => i == 0 ? ones(1 << 20) : ones(3)));
        Assert.Equal(before, File.ReadAllBytes(path));
        Assert.Single(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Where_no_file_can_be_made_the_message_names_the_one_asked_for()
    {
        using var folder = new TemporaryFolder();
        using var one = ones(1);
        folder.Write("file", "x");
        foreach (var path in (string[])[folder.File("no/such/x.safetensors"), folder.File("file/x.safetensors"), folder.Path])
        {
            var message = Assert.Throws<IOException>(() => SafetensorsWriter.Write(path, [("x", one)])).Message;
            Assert.StartsWith(path, message);
            Assert.DoesNotContain(".tmp", message);
        }
        Assert.Contains("empty", Assert.Throws<IOException>(() => SafetensorsWriter.Write("", [("x", one)])).Message);
        Assert.Single(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Shards_are_one_source()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        SafetensorsWriter.Write(folder.File("1.safetensors"), [("a", ones(2))]);
        SafetensorsWriter.Write(folder.File("2.safetensors"), [("b", zeros(3))]);
        using (
            var source = WeightSource.Open(
                folder.Write("ok.safetensors.index.json", """{"metadata":{},"weight_map":{"a":"1.safetensors","b":"2.safetensors"}}""")
            )
        )
        {
            Assert.Equal(["a", "b"], source.Entries.Select(entry => entry.Name).Order());
            Assert.Equal([0, 0, 0], source.Read("b").data<float>());
        }
        foreach (
            var (map, says) in new[]
            {
                ("""{"a":"1.safetensors","b":"3.safetensors"}""", "no such file"),
                ("""{"a":"1.safetensors","c":"2.safetensors"}""", "'c'"),
                ("""{"a":"1.safetensors","b":"../2.safetensors"}""", "beside"),
                ("""{"a":"1.safetensors","a":"2.safetensors"}""", "index"),
                ("""{"a":1}""", "index"),
                ("[]", "index"),
            }
        )
            Assert.Contains(says, Refused(folder.Write("bad.safetensors.index.json", $$"""{"weight_map":{{map}}}""")));
        Assert.Contains("index", Refused(folder.Write("bad.safetensors.index.json", "{")));
        SafetensorsWriter.Write(folder.File("2.safetensors"), [("a", zeros(3)), ("b", zeros(3))]);
        Assert.Contains("both hold 'a'", Refused(folder.File("ok.safetensors.index.json")));
    }

    private static string Refused(string path) => Assert.Throws<WeightsException>(() => WeightSource.Open(path)).Message;

    /// <summary>A safetensors file put together by hand.</summary>
    internal static byte[] Bytes(string header, byte[] data)
    {
        var json = Encoding.UTF8.GetBytes(header);
        return [.. BitConverter.GetBytes((ulong)json.Length), .. json, .. data];
    }

    private static unsafe nint AddressOf(Tensor tensor) => (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.bytes));

    private static string? MappedFileAt(nint address)
    {
        foreach (var line in File.ReadLines("/proc/self/maps"))
        {
            var ends = line[..line.IndexOf(' ')].Split('-').Select(text => Convert.ToInt64(text, 16)).ToArray();
            if (address >= ends[0] && address < ends[1])
                return line.Contains('/') ? line[line.IndexOf('/')..] : null;
        }
        return null;
    }
}
