using System.Buffers;
using System.Text.Json;
using Groundling.Core;
using Groundling.Data.NounPhrases;

namespace Groundling.Data.Benchmark;

/// <summary>Reads the records of a large JSON file one by one: of its array, or of the arrays that its object holds.</summary>
/// <remarks>Only a batch of records is in memory at a time; annotation files reach hundreds of megabytes.</remarks>
internal sealed class JsonRecords : IDisposable
{
    private static readonly byte[][] ForeignNumbers = ["NaN"u8.ToArray(), "Infinity"u8.ToArray(), "-Infinity"u8.ToArray()];

    private const int MostBuffered = 1 << 30; // bytes of one value
    private readonly string _path;
    private readonly FileStream _file;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(1 << 18);
    private int _start,
        _end;
    private long _consumed;
    private int _mark; // bytes of the byte-order mark
    private (long Start, long End) _place;
    private bool _final;
    private JsonReaderState _state;

    private JsonRecords(string path)
    {
        _path = path;
        try
        {
            _file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InputException($"{path} does not exist; check the path of the annotation file.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new InputException($"{path} cannot be read: {FileFault.ReasonOf(e)}", e);
        }
    }

    /// <summary>The records in the file's order, each with the name of the array it stands in ("" when the file is an array).</summary>
    /// <exception cref="InputException">The file cannot be read, is not JSON, is cut short, or is neither array nor object.</exception>
    public static IEnumerable<(string Section, JsonElement Record)> Read(string path)
    {
        foreach (var batch in ReadBatches(path))
            for (int i = 0; i < batch.Count; i++)
                yield return (batch.Section, batch.Detached(i));
    }

    /// <summary>The records in batches of about a megabyte, so that several threads can parse them.</summary>
    /// <exception cref="InputException">As of <see cref="Read"/>; every record before the fault is given first.</exception>
    public static IEnumerable<JsonBatch> ReadBatches(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        using var records = new JsonRecords(path);
        var section = records.Token(out _) switch
        {
            JsonTokenType.StartArray => "",
            JsonTokenType.StartObject => null,
            _ => throw new InputException($"{path} holds neither a JSON array nor a JSON object; is it an annotation file?"),
        };
        if (section is not null)
        {
            foreach (var batch in records.Section(section))
                yield return batch;
        }
        else
        {
            while (records.Token(out var name) != JsonTokenType.EndObject)
                if (records.TryEnterArray())
                    foreach (var batch in records.Section(name!))
                        yield return batch;
        }
        records.End();
    }

    /// <summary>
    /// Each record with its place in the file, in bytes, and behind the last one of an array that array's end, without a record.
    /// </summary>
    /// <exception cref="InputException">As of <see cref="Read"/>.</exception>
    public static IEnumerable<(string Section, long Start, long End, JsonElement? Record)> ReadPlaces(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        using var records = new JsonRecords(path);
        bool isArray = records.Token(out _) == JsonTokenType.StartArray;
        for (string? name = ""; isArray || records.Token(out name) != JsonTokenType.EndObject; )
        {
            if (isArray || records.TryEnterArray())
            {
                for (JsonBatch batch; records.TryRecord(batch = new JsonBatch(name!, 0)); )
                    yield return (name!, records._place.Start, records._place.End, batch.Detached(0));
                yield return (name!, records._place.Start, records._place.Start, null);
            }
            if (isArray)
                break;
        }
        records.End();
    }

    private IEnumerable<JsonBatch> Section(string name)
    {
        InputException? fault = null;
        for (int first = 0; ; )
        {
            var batch = new JsonBatch(name, first);
            try
            {
                while (!batch.IsFull && TryRecord(batch)) { }
            }
            catch (InputException e)
            {
                fault = e;
            }
            if (batch.Count > 0)
                yield return batch;
            if (fault is not null)
                throw fault;
            if (!batch.IsFull)
                yield break;
            first += batch.Count;
        }
    }

    public void Dispose()
    {
        _file.Dispose();
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private JsonTokenType Token(out string? text)
    {
        string? found = null;
        var type = Step(
            (ref Utf8JsonReader reader) =>
            {
                if (!reader.Read())
                    return null;
                found = reader.TokenType == JsonTokenType.PropertyName ? reader.GetString() : null;
                return reader.TokenType;
            }
        );
        text = found;
        return type;
    }

    /// <summary>Steps into a property's array; any other value is passed over.</summary>
    private bool TryEnterArray() =>
        Step(
            (ref Utf8JsonReader reader) =>
                reader.Read() && (reader.TokenType == JsonTokenType.StartArray || reader.TrySkip()) ? reader.TokenType : null
        ) == JsonTokenType.StartArray;

    private bool TryRecord(JsonBatch batch) =>
        Step(
            (ref Utf8JsonReader reader) =>
            {
                if (!reader.Read())
                    return null;
                int start = (int)reader.TokenStartIndex;
                _place = (_mark + _consumed + start, 0);
                if (reader.TokenType == JsonTokenType.EndArray)
                    return JsonTokenType.EndArray;
                if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                {
                    int depth = reader.CurrentDepth;
                    do
                    {
                        if (!reader.Read())
                            return null;
                    } while (reader.CurrentDepth > depth);
                }
                _place.End = _mark + _consumed + reader.BytesConsumed;
                batch.Add(_buffer.AsSpan(_start + start, (int)reader.BytesConsumed - start));
                return JsonTokenType.StartObject;
            }
        ) != JsonTokenType.EndArray;

    private void End() =>
        Step(
            (ref Utf8JsonReader reader) =>
                reader.Read() ? reader.TokenType
                : _final ? JsonTokenType.None
                : null
        );

    private delegate JsonTokenType? Taking(ref Utf8JsonReader reader);

    /// <summary>Runs one step; where the buffer ends too early, reads on and runs it again from the same place.</summary>
    private JsonTokenType Step(Taking take)
    {
        while (true)
        {
            var reader = new Utf8JsonReader(_buffer.AsSpan(_start, _end - _start), _final, _state);
            try
            {
                if (take(ref reader) is { } type)
                {
                    _start += (int)reader.BytesConsumed;
                    _consumed += reader.BytesConsumed;
                    _state = reader.CurrentState;
                    return type;
                }
            }
            catch (JsonException e)
            {
                int at = _start + (int)reader.BytesConsumed;
                if (BlankedForeignNumber(ref at))
                    continue;
                if (!_final && at < 0)
                {
                    Refill();
                    continue;
                }
                // What was still good as a beginning, and fails now that nothing follows, is cut.
                throw new InputException(
                    $"{_path} is {(_final ? "cut short" : "not valid JSON")} at line {e.LineNumber + 1}, byte {_consumed + reader.BytesConsumed} of the file; get the whole, unchanged file.",
                    e
                );
            }
            catch (InvalidOperationException e)
            {
                throw new InputException(
                    $"{_path} has a key that is not Unicode text before byte {_consumed + reader.BytesConsumed} of the file; get the whole, unchanged file.",
                    e
                );
            }
            if (_final)
                throw new InputException(
                    $"{_path} is cut short: it ends inside a record at byte {_consumed + _end - _start}; get the whole file."
                );
            Refill();
        }
    }

    /// <summary>
    /// Other tools write NaN and Infinity, which JSON does not know. Where one stands it becomes an empty text: no field takes that
    /// for a number, so it is counted as the fault of its record and the file stays readable.
    /// </summary>
    /// <param name="at">Where the reader failed; -1 where the buffer ends inside what may be such a number.</param>
    private bool BlankedForeignNumber(ref int at)
    {
        while (at < _end && _buffer[at] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or (byte)',' or (byte)':' or (byte)'[')
            at++;
        var rest = _buffer.AsSpan(at, _end - at);
        foreach (var word in ForeignNumbers)
        {
            if (rest.StartsWith(word))
            {
                rest[..word.Length].Fill((byte)' ');
                rest[0] = rest[1] = (byte)'"';
                return true;
            }
            if (rest.Length < word.Length && word.AsSpan().StartsWith(rest))
                at = -1;
        }
        return false;
    }

    private void Refill()
    {
        if (_start > 0)
        {
            Buffer.BlockCopy(_buffer, _start, _buffer, 0, _end - _start);
            (_start, _end) = (0, _end - _start);
        }
        if (_end == _buffer.Length)
            Grow();
        ReadBlock();
        if (_consumed == 0 && _buffer.AsSpan(0, _end).StartsWith("\uFEFF"u8))
            _start = _mark = 3; // a byte-order mark
    }

    private void Grow()
    {
        if (_buffer.Length >= MostBuffered)
            throw new InputException($"{_path} holds a value of more than {MostBuffered >> 20} MiB; it is no annotation of the benchmark");
        var larger = ArrayPool<byte>.Shared.Rent(2 * _buffer.Length);
        _buffer.AsSpan(0, _end).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }

    private void ReadBlock()
    {
        try
        {
            int read = _file.Read(_buffer, _end, _buffer.Length - _end);
            _final = read == 0;
            _end += read;
        }
        catch (IOException e)
        {
            throw new InputException($"{_path} cannot be read: {FileFault.ReasonOf(e)}", e);
        }
    }
}
