using Groundling.Decoding;
using Groundling.Modeling;
using Groundling.Scenes;
using Groundling.Tests.Data;

namespace Groundling.Tests.Method;

public class GroundingConfigTests
{
    [Fact]
    public void Defaults_are_the_paper_size()
    {
        Assert.Equal(new GroundingConfig(), GroundingConfig.Parse("{}"));
        Assert.Equal(GroundingConfig.Paper, GroundingConfig.Paper.Validated());
        Assert.Equal(GroundingConfig.Scenes, GroundingConfig.Scenes.Validated());
        Assert.Equal(Groundling.Scenes.SceneCategories.All.Count, GroundingConfig.Scenes.Classes);
        Assert.Equal(
            (256, 256, 6, 9, 8, 4),
            (
                GroundingConfig.Paper.Width,
                GroundingConfig.Paper.AdapterWidth,
                GroundingConfig.Paper.AggregationLayers,
                GroundingConfig.Paper.DecoderLayers,
                GroundingConfig.Paper.Heads,
                GroundingConfig.Paper.DeformablePoints
            )
        );
    }

    [Fact]
    public void Json_says_everything_and_is_read_back()
    {
        var config = GroundingConfig.Scenes with
        {
            Parts = GroundingParts.DecoderAndAggregation,
            MaskFeature = MaskFeatureRoute.Latent,
            AttentionMask = false,
            Loss = new() { Adapter = 0 },
        };
        var json = config.ToJson();
        Assert.Contains("\"parts\": \"decoder+mlma\"", json);
        Assert.Contains("\"maskFeature\": \"latent\"", json);
        Assert.Contains("\"nullPhrase\": true", json);
        Assert.DoesNotContain("has", json);
        Assert.Equal(config, GroundingConfig.Parse(json));
    }

    [Theory]
    [InlineData("{ \"widht\": 3 }", "widht")]
    [InlineData("{ \"loss\": { \"focal\": 1 } }", "focal")]
    [InlineData("{ \"parts\": \"everything\" }", "parts")]
    [InlineData("{ \"parts\": 3 }", "parts")]
    [InlineData("{ \"width\": \"wide\" }", "width")]
    [InlineData("{ \"width\": 100 }", "'width' is 100; 4 to 8192, a multiple of 4 and of 8 heads, is needed")]
    [InlineData("{ \"heads\": 0 }", "'heads' is 0; 1 to 256 are needed")]
    [InlineData("{ \"maskShare\": 1 }", "'maskShare' is 1; 0 up to, but not including, 1 is needed")]
    [InlineData("{ \"loss\": { \"dice\": -1 } }", "'loss.dice' is -1; 0 or more is needed")]
    [InlineData("{ \"size\": 100 }", "'size' is 100; 0, or a multiple of 64 up to 4096, is needed")]
    [InlineData("{ \"loss\": null }", "'loss' is null; an object is needed")]
    [InlineData("null", "a JSON object was expected")]
    [InlineData("{", "no grounding config")]
    public void Faults_are_named(string json, string part)
    {
        Assert.Contains(part, Assert.Throws<InputException>(() => GroundingConfig.Parse(json)).Message);
        using var folder = new TemporaryFolder();
        var path = folder.File("config.json");
        File.WriteAllText(path, json);
        var fault = Assert.Throws<InputException>(() => GroundingConfig.Read(path));
        Assert.StartsWith(path, fault.Message);
        Assert.Contains(part, fault.Message);
    }

    [Fact]
    public void A_missing_file_is_named() =>
        Assert.Contains("nowhere.json", Assert.Throws<InputException>(() => GroundingConfig.Read("nowhere.json")).Message);

    [Theory]
    [InlineData("static", false, false, false)]
    [InlineData("decoder", true, false, false)]
    [InlineData("decoder+eipa", true, true, false)]
    [InlineData("decoder+mlma", true, false, true)]
    [InlineData("full", true, true, true)]
    public void Parts_can_be_switched(string name, bool decoder, bool adapter, bool aggregation)
    {
        var config = GroundingConfig.Parse($"{{ \"parts\": \"{name}\", /* a comment */ }}");
        Assert.Equal((decoder, adapter, aggregation), (config.HasDecoder, config.HasAdapter, config.HasAggregation));
    }
}
