using System.Text.Json.Nodes;
using Groundling.Diffusion;
using Groundling.Evaluation;
using Groundling.Tests.Data;

namespace Groundling.Tests.Diffusion;

public class ConfigTests(TinyModel tiny)
{
    private static readonly string[] Odd =
    [
        "null",
        "0",
        "-1",
        "1.5",
        "1e300",
        "999999999999999999999",
        "\"x\"",
        "true",
        "[]",
        "[null]",
        "[1,2]",
        "{}",
        "[\"a\",\"b\",\"c\",\"d\"]",
        "[0,0,0,0]",
    ];

    [Theory]
    [InlineData("text_encoder")]
    [InlineData("vae")]
    [InlineData("unet")]
    public void Odd_values_are_refused_by_name_or_do_not_matter(string part)
    {
        using var folder = new TemporaryFolder();
        var text = File.ReadAllText(Path.Combine(tiny.Path, part, "config.json"));
        var refused = new HashSet<string>();
        foreach (var key in JsonNode.Parse(text)!.AsObject().Select(pair => pair.Key))
        foreach (var value in Odd)
        {
            var json = JsonNode.Parse(text)!.AsObject();
            json[key] = JsonNode.Parse(value);
            var path = folder.Write("config.json", json.ToJsonString());
            try
            {
                Read(part, path);
            }
            catch (ModelException fault)
            {
                Assert.StartsWith(path, fault.Message);
                Assert.DoesNotContain('\n', fault.Message);
                refused.Add(key);
            }
        }
        Assert.Contains(part == "text_encoder" ? "hidden_size" : "block_out_channels", refused);
        Assert.Contains(part == "text_encoder" ? "hidden_act" : "act_fn", refused);
    }

    [Fact]
    public void The_writers_configs_are_read_back()
    {
        var model = tiny.Pipeline.Diffusion;
        Assert.Equal(ModelPreset.Tiny.Text, model.Text.Config);
        Assert.Equal(ModelPreset.Tiny.Prediction, model.Prediction);
        Assert.Equal(ModelPreset.Tiny.UNet.Widths, model.UNet.Config.Widths);
        Assert.Equal(ModelPreset.Tiny.UNet.Heads, model.UNet.Config.Heads);
        Assert.Equal(ModelPreset.Tiny.UNet.DownAttends, model.UNet.Config.DownAttends);
        Assert.Equal(ModelPreset.Tiny.UNet.UpAttends, model.UNet.Config.UpAttends);
        Assert.Equal(ModelPreset.Tiny.Vae.Widths, model.Vae.Config.Widths);
    }

    [Fact]
    public void One_number_of_heads_serves_all_levels()
    {
        using var folder = new TemporaryFolder();
        var json = JsonNode.Parse(File.ReadAllText(Path.Combine(tiny.Path, "unet", "config.json")))!.AsObject();
        json["attention_head_dim"] = 8;
        Assert.Equal([8L, 8, 8, 8], UNetConfig.Read(folder.Write("config.json", json.ToJsonString())).Heads);
        json["num_attention_heads"] = new JsonArray(1, 2, 4, 8);
        Assert.Equal([1L, 2, 4, 8], UNetConfig.Read(folder.Write("config.json", json.ToJsonString())).Heads);
    }

    private static object Read(string part, string path) =>
        part switch
        {
            "text_encoder" => TextEncoderConfig.Read(path),
            "vae" => VaeConfig.Read(path),
            _ => UNetConfig.Read(path),
        };
}
