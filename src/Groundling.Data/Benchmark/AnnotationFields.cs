using System.Globalization;
using System.Text.Json;
using Groundling.Core;

namespace Groundling.Data.Benchmark;

/// <summary>Takes the fields of one record of an annotation file, or says which field of which record is wrong.</summary>
internal readonly struct AnnotationFields(JsonElement record, string where)
{
    /// <summary>The file and the record, for messages.</summary>
    public string Where { get; } = where;

    public string Text(string field)
    {
        try
        {
            return Find(field) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : throw Fault(field, "a text");
        }
        catch (InvalidOperationException e) // half a surrogate pair, or bytes that are not UTF-8
        {
            throw new InputException($"{Where}: \"{field}\" holds characters that are not Unicode; save the file as UTF-8.", e);
        }
    }

    /// <summary>A COCO image id, number or text, without leading zeros: "142238".</summary>
    public string ImageId(string field) =>
        Find(field) is { } value && TryId(value, out long id) ? id.ToString(CultureInfo.InvariantCulture) : throw Fault(field, "a number");

    public int Integer(string field, int? otherwise = null)
    {
        var value = Find(field);
        if (value is null && otherwise is { } known)
            return known;
        return value is { } given && TryId(given, out long number) && number is >= int.MinValue and <= int.MaxValue
            ? (int)number
            : throw Fault(field, "a whole number");
    }

    /// <summary>True, false, 1 or 0; false when absent.</summary>
    /// <summary>Whether a field is there and not null.</summary>
    public bool Has(string field) => Find(field) is { ValueKind: not JsonValueKind.Null };

    public bool Flag(string field) =>
        Find(field) switch
        {
            null or { ValueKind: JsonValueKind.False or JsonValueKind.Null } => false,
            { ValueKind: JsonValueKind.True } => true,
            { ValueKind: JsonValueKind.Number } value => value.GetDouble() != 0,
            _ => throw Fault(field, "true or false"),
        };

    public IEnumerable<JsonElement> List(string field) =>
        Find(field) is { ValueKind: JsonValueKind.Array } value ? value.EnumerateArray() : throw Fault(field, "a list");

    /// <summary>Whole numbers, each as number or text.</summary>
    public int[] Integers(string field)
    {
        var numbers = new List<int>();
        foreach (var value in List(field))
            numbers.Add(
                TryId(value, out long number) && number is >= int.MinValue and <= int.MaxValue
                    ? (int)number
                    : throw Fault(field, "a list of whole numbers")
            );
        return [.. numbers];
    }

    private InputException Fault(string field, string wanted) =>
        new($"{Where}: \"{field}\" is {(Find(field) is { } value ? JsonText.Quoted(value) : "missing")}, but must be {wanted}.");

    private JsonElement? Find(string field) => JsonText.Member(record, field);

    /// <summary>COCO's box; null where it is not four finite numbers. Parts of pixels are dropped.</summary>
    public Box? Box(string field)
    {
        Span<int> numbers = stackalloc int[4];
        int count = 0;
        if (Find(field) is not { ValueKind: JsonValueKind.Array } list)
            return null;
        foreach (var value in list.EnumerateArray())
            if (
                count == 4
                || value.ValueKind != JsonValueKind.Number
                || !value.TryGetDouble(out double number)
                || !(Math.Abs(number) <= int.MaxValue)
            )
                return null;
            else
                numbers[count++] = (int)number;
        return count == 4 ? new Box(numbers[0], numbers[1], numbers[2], numbers[3]) : null;
    }

    private static bool TryId(JsonElement value, out long id)
    {
        id = 0;
        return value.ValueKind switch
        {
            JsonValueKind.String => long.TryParse(JsonText.Of(value), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out id),
            JsonValueKind.Number when value.TryGetInt64(out id) => true,
            JsonValueKind.Number => value.TryGetDouble(out double number)
                && number == Math.Floor(number)
                && Math.Abs(number) < 1L << 53
                && (id = (long)number) == number,
            _ => false,
        };
    }
}
