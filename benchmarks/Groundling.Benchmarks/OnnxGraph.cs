using System.Runtime.InteropServices;
using Google.Protobuf;

namespace Groundling.Benchmarks;

/// <summary>A graph of one operator in ONNX's file format (onnx.proto3), as ONNX Runtime reads it.</summary>
internal sealed class OnnxGraph
{
    private const int Float = 1; // TensorProto.DataType
    private readonly List<byte[]> _initializers = [],
        _inputs = [],
        _attributes = [];
    private readonly List<string> _names = [];

    /// <summary>An input that changes from run to run.</summary>
    public OnnxGraph Input(string name, params long[] shape)
    {
        _names.Add(name);
        _inputs.Add(Value(name, shape));
        return this;
    }

    /// <summary>An input that never changes.</summary>
    public OnnxGraph Constant(string name, float[] values, params long[] shape)
    {
        _names.Add(name);
        _initializers.Add(
            Message(writer =>
            {
                foreach (var size in shape)
                    Integer(writer, 1, size);
                Integer(writer, 2, Float);
                Text(writer, 8, name);
                Bytes(writer, 9, MemoryMarshal.AsBytes<float>(values).ToArray());
            })
        );
        return this;
    }

    /// <summary>One of the operator's attributes: an integer, or several.</summary>
    public OnnxGraph Attribute(string name, params long[] values)
    {
        _attributes.Add(
            Message(writer =>
            {
                var isOne = values.Length == 1;
                Text(writer, 1, name);
                foreach (var value in values)
                    Integer(writer, isOne ? 3 : 8, value);
                Integer(writer, 20, isOne ? 2 : 7); // AttributeProto.AttributeType INT, INTS
            })
        );
        return this;
    }

    /// <summary>The model's file.</summary>
    /// <param name="kind">The operator's name.</param>
    /// <param name="domain">Where it is defined: empty for ONNX itself.</param>
    /// <param name="output">The shape of what it gives.</param>
    public byte[] Build(string kind, string domain, params long[] output)
    {
        var node = Message(writer =>
        {
            foreach (var name in _names)
                Text(writer, 1, name);
            Text(writer, 2, "output");
            Text(writer, 4, kind);
            foreach (var attribute in _attributes)
                Bytes(writer, 5, attribute);
            Text(writer, 7, domain);
        });
        var graph = Message(writer =>
        {
            Bytes(writer, 1, node);
            Text(writer, 2, kind);
            foreach (var initializer in _initializers)
                Bytes(writer, 5, initializer);
            foreach (var input in _inputs)
                Bytes(writer, 11, input);
            Bytes(writer, 12, Value("output", output));
        });
        return Message(writer =>
        {
            Integer(writer, 1, 8); // the format's version
            Bytes(writer, 7, graph);
            foreach (var (name, version) in (ReadOnlySpan<(string, long)>)[("", 17), ("com.microsoft", 1)])
                Bytes(
                    writer,
                    8,
                    Message(set =>
                    {
                        Text(set, 1, name);
                        Integer(set, 2, version);
                    })
                );
        });
    }

    /// <summary>ValueInfoProto: a name and a tensor's type.</summary>
    private static byte[] Value(string name, long[] shape) =>
        Message(writer =>
        {
            var sizes = Message(dimensions =>
            {
                foreach (var size in shape)
                    Bytes(dimensions, 1, Message(dimension => Integer(dimension, 1, size)));
            });
            var tensor = Message(type =>
            {
                Integer(type, 1, Float);
                Bytes(type, 2, sizes);
            });
            Text(writer, 1, name);
            Bytes(writer, 2, Message(type => Bytes(type, 1, tensor)));
        });

    private static byte[] Message(Action<CodedOutputStream> write)
    {
        using var memory = new MemoryStream();
        using (var writer = new CodedOutputStream(memory, leaveOpen: true))
            write(writer);
        return memory.ToArray();
    }

    private static void Integer(CodedOutputStream writer, int field, long value)
    {
        writer.WriteTag(field, WireFormat.WireType.Varint);
        writer.WriteInt64(value);
    }

    private static void Text(CodedOutputStream writer, int field, string value)
    {
        writer.WriteTag(field, WireFormat.WireType.LengthDelimited);
        writer.WriteString(value);
    }

    private static void Bytes(CodedOutputStream writer, int field, byte[] value)
    {
        writer.WriteTag(field, WireFormat.WireType.LengthDelimited);
        writer.WriteBytes(ByteString.CopyFrom(value));
    }
}
