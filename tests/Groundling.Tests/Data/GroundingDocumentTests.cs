using System.Text.Json;

namespace Groundling.Tests.Data;

/// <summary>An answer as JSON.</summary>
public class GroundingDocumentTests
{
    private static readonly Grounding Scene = Groundings.Make(4, 3, ("a dog", 0.73, new Box(1, 0, 2, 2)), ("שלג", 0.2500004, default)) with
    {
        Origin = new("tiny", null, "static prompting", "diffusion"),
    };

    private const string Written = """
        {
          "image": "yard.jpg",
          "width": 4,
          "height": 3,
          "caption": "a dog, שלג",
          "made_by": {
            "model": "tiny",
            "trained": null,
            "method": "static prompting",
            "mask_head": "diffusion"
          },
          "phrases": [
            {
              "text": "a dog",
              "start": 0,
              "end": 5,
              "score": 0.73,
              "area": 4,
              "box": [1, 0, 2, 2],
              "segmentation": {
                "size": [3, 4],
                "counts": "32103"
              }
            },
            {
              "text": "שלג",
              "start": 7,
              "end": 10,
              "score": 0.25,
              "area": 0,
              "box": [0, 0, 0, 0],
              "segmentation": {
                "size": [3, 4],
                "counts": "<"
              }
            }
          ]
        }
        """;

    [Fact]
    public void It_is_these_bytes() => Assert.Equal(Written.ReplaceLineEndings("\n"), GroundingDocument.From(Scene, "yard.jpg").ToJson());

    [Fact]
    public void In_one_line_it_is_the_same()
    {
        var line = GroundingDocument.From(Scene, "yard.jpg").ToJson(indented: false);
        Assert.DoesNotContain('\n', line);
        Assert.Contains("\"box\":[1,0,2,2]", line);
        Assert.Equal(Written.ReplaceLineEndings("\n"), GroundingDocument.Parse(line).ToJson());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_answer_serialises_under_any_options_without_its_picture(bool web)
    {
        var large = Scene with { Picture = new(4, 3, Scene.Picture.Rgb) };
        var json = JsonSerializer.Serialize(large, web ? JsonSerializerOptions.Web : JsonSerializerOptions.Default);
        Assert.Equal(GroundingDocument.From(Scene).ToJson(), GroundingDocument.Parse(json).ToJson());
        Assert.DoesNotContain("rgb", json, StringComparison.OrdinalIgnoreCase);
        Assert.Throws<NotSupportedException>(() => JsonSerializer.Deserialize<Grounding>(json));
    }

    [Fact]
    public void With_its_picture_it_is_the_grounding_again()
    {
        var again = GroundingDocument.Parse(Written).ToGrounding(Scene.Picture);
        Assert.Equal(Scene.Caption.Text, again.Caption.Text);
        Assert.Equal(Scene.Phrases.Select(phrase => phrase.Span), again.Phrases.Select(phrase => phrase.Span));
        Assert.Equal(
            Scene.Phrases.Select(phrase => phrase.Mask.ToCompressed()),
            again.Phrases.Select(phrase => phrase.Mask.ToCompressed())
        );
        Assert.Equal(Scene.Origin, again.Origin);
        Assert.Contains(
            "4 x 3",
            Assert.Throws<InputException>(() => GroundingDocument.Parse(Written).ToGrounding(new(1, 1, new byte[3]))).Message
        );
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("\"width\": 4,", "")]
    [InlineData("\"end\": 5", "\"end\": 6")]
    [InlineData("\"end\": 5", "\"end\": 50")]
    [InlineData("\"counts\": \"32103\"", "\"counts\": \"3\"")]
    [InlineData("\"size\": [3, 4]", "\"size\": [4, 3]")]
    [InlineData("\"size\": [3, 4]", "\"size\": [0, 4]")]
    [InlineData("[1, 0, 2, 2]", "[1, 0, 2]")]
    [InlineData("[1, 0, 2, 2]", "{}")]
    public void What_is_no_grounding_is_refused(string part, string instead)
    {
        var fault = Assert.Throws<InputException>(() =>
            GroundingDocument.Parse(part.Length == 0 ? "null" : Written.Replace(part, instead))
        );
        Assert.DoesNotContain('\n', fault.Message);
    }
}
