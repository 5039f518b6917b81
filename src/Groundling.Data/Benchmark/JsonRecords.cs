using System.Text.Json;

namespace Groundling.Data;

/// <summary>Reads the records of a large JSON file one by one: of its array, or of the arrays that its object holds.</summary>
/// <remarks>Only one record is in memory at a time; annotation files reach hundreds of megabytes.</remarks>
internal sealed class JsonRecords : IDisposable
{
    private readonly string _path;
    private readonly FileStream _file;
    private byte[] _buffer = new byte[1 << 16];
    private int _start, _end;
    private long _consumed;
    private bool _final;
    private JsonReaderState _state;

    private JsonRecords(string path)
    {
        _path = path;
        try
        {
            _file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InputException($"{path} does not exist; check the path of the annotation file.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new InputException($"{path} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The records in the file's order, each with the name of the array it stands in ("" when the file is an array).</summary>
    /// <exception cref="InputException">The file cannot be read, is not JSON, is cut short, or is neither array nor object.</exception>
    public static IEnumerable<(string Section, JsonElement Record)> Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        using var records = new JsonRecords(path);
        var section = records.Token(out _) switch
        {
            JsonTokenType.StartArray => "",
            JsonTokenType.StartObject => null,
            _ => throw new InputException($"{path} holds neither a JSON array nor a JSON object; is it an annotation file?"),
        };
        bool isArray = section is not null;
        while (true)
        {
            if (section is null)
            {
                if (records.Token(out var name) == JsonTokenType.EndObject)
                    break;
                if (records.TryEnterArray())
                    section = name;
            }
            else if (records.TryRecord(out var record))
            {
                yield return (section, record);
            }
            else if (isArray)
            {
                break;
            }
            else
            {
                section = null;
            }
        }
        records.End();
    }

    public void Dispose() => _file.Dispose();

    private JsonTokenType Token(out string? text)
    {
        string? found = null;
        var type = Step((ref Utf8JsonReader reader) =>
        {
            if (!reader.Read())
                return null;
            found = reader.TokenType == JsonTokenType.PropertyName ? reader.GetString() : null;
            return reader.TokenType;
        });
        text = found;
        return type;
    }

    /// <summary>Steps into a property's array; any other value is passed over.</summary>
    private bool TryEnterArray() => Step((ref Utf8JsonReader reader) =>
        reader.Read() && (reader.TokenType == JsonTokenType.StartArray || reader.TrySkip()) ? reader.TokenType : null) == JsonTokenType.StartArray;

    private bool TryRecord(out JsonElement record)
    {
        JsonElement found = default;
        var type = Step((ref Utf8JsonReader reader) =>
        {
            if (!reader.Read())
                return null;
            if (reader.TokenType == JsonTokenType.EndArray)
                return JsonTokenType.EndArray;
            if (!JsonElement.TryParseValue(ref reader, out var element))
                return null;
            found = element.Value;
            return JsonTokenType.StartObject;
        });
        record = found;
        return type != JsonTokenType.EndArray;
    }

    private void End() => Step((ref Utf8JsonReader reader) => reader.Read() ? reader.TokenType : _final ? JsonTokenType.None : null);

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
                // What was still good as a beginning, and fails now that nothing follows, is cut.
                throw new InputException(
                    $"{_path} is {(_final ? "cut short" : "not valid JSON")} at line {e.LineNumber + 1}, byte {_consumed + reader.BytesConsumed} of the file; get the whole, unchanged file.", e);
            }
            if (_final)
                throw new InputException($"{_path} is cut short: it ends inside a record at byte {_consumed + _end - _start}; get the whole file.");
            Refill();
        }
    }

    private void Refill()
    {
        if (_start > 0)
        {
            Buffer.BlockCopy(_buffer, _start, _buffer, 0, _end - _start);
            (_start, _end) = (0, _end - _start);
        }
        if (_end == _buffer.Length)
            Array.Resize(ref _buffer, checked(2 * _buffer.Length));
        ReadBlock();
        if (_consumed == 0 && _buffer.AsSpan(0, 3).SequenceEqual("\uFEFF"u8))
            _start = 3;                                              // a byte-order mark
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
            throw new InputException($"{_path} cannot be read: {e.Message}", e);
        }
    }
}
