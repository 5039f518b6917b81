using System.Reflection;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Groundling.Core;
using Groundling.Torch;
using Groundling.Training;

namespace Groundling.Tests.Architecture;

/// <summary>
/// <c>docs/configs.md</c> lists every key of a training's and a pretraining's config, with its default and what its XML comment says.
/// GROUNDLING_APPROVE=1 writes it anew: <c>GROUNDLING_APPROVE=1 Groundling.Tests -class "*ConfigReferenceTests"</c>.
/// </summary>
public sealed partial class ConfigReferenceTests
{
    private const string Page = "docs/configs.md";
    private static readonly JsonSerializerOptions AsWritten = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly Dictionary<string, XElement> Comments = (
        (Assembly[])[typeof(TrainConfig).Assembly, typeof(GroundingPipeline).Assembly, typeof(ComputePrecision).Assembly]
    )
        .SelectMany(assembly => XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml")).Descendants("member"))
        .ToDictionary(member => member.Attribute("name")!.Value);

    [Fact]
    public void Every_key_stands_in_the_page_with_its_default_and_meaning()
    {
        var (path, expected) = (Path.Combine(Shared.Root, Page), Written());
        if (Environment.GetEnvironmentVariable("GROUNDLING_APPROVE") == "1")
            File.WriteAllText(path, expected);
        Assert.Equal(expected, File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : "");
    }

    private static string Written()
    {
        var page = new StringBuilder(
            """
            # Keys of the configs

            Every key that a config of `groundling train` or `groundling pretrain` may have, with what it is where the file leaves it out. `--set train.steps=40` changes any;
            files are JSON with comments. What a key does in the method: [training.md](training.md), [pretraining.md](pretraining.md). This page is written from the code's own
            comments, and a test holds it to them.

            """
        );
        Section(page, "`groundling train`", new TrainConfig(), _ => true);
        var stages = new PretrainConfig();
        Section(page, "`groundling pretrain`", stages, property => property.DeclaringType != typeof(TrainingSettings));
        page.Append("\nEach of `vae`, `text` and `diffusion` has these, too, with the same defaults:\n");
        Section(page, null, new TrainingSettings(), _ => true);
        foreach (TrainingSettings stage in (TrainingSettings[])[stages.Vae, stages.Text, stages.Diffusion])
        foreach (var property in typeof(TrainingSettings).GetProperties(BindingFlags.Public | BindingFlags.Instance))
            Assert.Equal(property.GetValue(new TrainingSettings()), property.GetValue(stage));
        return page.ToString().ReplaceLineEndings("\n");
    }

    private static void Section(StringBuilder page, string? title, object defaults, Func<PropertyInfo, bool> isListed)
    {
        if (title is not null)
            page.Append($"\n## {title}\n");
        page.Append("\n| key | where it is left out | |\n|---|---|---|\n");
        foreach (var (key, property, value) in Keys(defaults, "", isListed))
            page.Append($"| `{key}` | {Shown(value)} | {Meaning(property)} |\n");
    }

    private static IEnumerable<(string Key, PropertyInfo Property, object? Value)> Keys(
        object defaults,
        string prefix,
        Func<PropertyInfo, bool> isListed
    )
    {
        // a record's own keys stand before those that it inherits
        var properties = defaults
            .GetType()
            .GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite && property.GetCustomAttribute<JsonIgnoreAttribute>() is null && isListed(property));
        foreach (var property in properties)
        {
            var (key, value) = ($"{prefix}{JsonNamingPolicy.CamelCase.ConvertName(property.Name)}", property.GetValue(defaults));
            if (value is not null and not string && property.PropertyType.IsClass)
                foreach (var deeper in Keys(value, $"{key}.", isListed))
                    yield return deeper;
            else
                yield return (key, property, value);
        }
    }

    private static string Shown(object? value) =>
        value is string { Length: 0 }
            ? "empty"
            : $"`{JsonNode.Parse(ConfigJson.Write(new { value }))!["value"]!.ToJsonString(AsWritten).Trim('"')}`";

    private static string Meaning(PropertyInfo property)
    {
        var summary = Text(Comments[$"P:{property.DeclaringType!.FullName}.{property.Name}"].Element("summary")!);
        if (!property.PropertyType.IsEnum)
            return summary;
        var choices = Enum.GetValues(property.PropertyType)
            .Cast<object>()
            .Select(choice =>
                $"{Shown(choice)}: {Text(Comments[$"F:{property.PropertyType.FullName}.{choice}"].Element("summary")!).TrimEnd('.')}"
            );
        return $"{summary} {string.Join("; ", choices)}.";
    }

    /// <summary>A comment in one line, keys in place of the properties that it names.</summary>
    private static string Text(XElement summary)
    {
        var text = string.Concat(
            summary
                .Nodes()
                .Select(node =>
                    node is XElement { Name.LocalName: "see" } see
                        ? $"`{JsonNamingPolicy.CamelCase.ConvertName(see.Attribute("cref")!.Value.Split('.')[^1])}`"
                        : ((node as XText)?.Value ?? ((XElement)node).Value)
                )
        );
        return Spaces().Replace(text, " ").Trim().Replace("|", "\\|", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
