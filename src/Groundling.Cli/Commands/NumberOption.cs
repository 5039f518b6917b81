using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Groundling.Cli.Commands;

/// <summary>
/// Options whose value is a number with a point, in every language of the system: a comma is neither a point nor left out.
/// </summary>
internal static class NumberOption
{
    public static Option<double?> Optional(string name, params string[] aliases) =>
        new(name, aliases) { CustomParser = found => Read(found) };

    public static Option<double> Required(string name, double usual) =>
        new(name) { DefaultValueFactory = _ => usual, CustomParser = found => Read(found) ?? usual };

    private static double? Read(ArgumentResult found)
    {
        if (found.Tokens is not [var token])
            return null;
        if (
            double.TryParse(
                token.Value,
                NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
                CultureInfo.InvariantCulture,
                out var number
            )
        )
            return number;
        found.AddError(
            $"{found.Argument.Name} '{token.Value}': a number is needed{(token.Value.Contains(',', StringComparison.Ordinal) ? ", with a point and no comma" : "")}."
        );
        return null;
    }
}
