using Groundling.Data;
using Groundling.Modeling;
using Groundling.Tests.Data;
using Groundling.Torch;
using Groundling.Training;

namespace Groundling.Tests.Training;

public sealed class TrainConfigTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Configs =>
        [.. Directory.GetFiles(Path.Combine(Shared.Root, "configs"), "*.json").Select(path => Path.GetFileName(path))];

    [Theory]
    [MemberData(nameof(Configs))]
    public void Configs_of_the_repository_can_be_read_and_say_how_they_are_used(string name)
    {
        var path = Path.Combine(Shared.Root, "configs", name);
        Assert.StartsWith("//", File.ReadAllText(path));
        if (!File.ReadAllText(path).Contains("groundling train"))
            return;
        TrainConfig.Read(path);
    }

    [Fact]
    public void Parts_that_are_kept_must_be_there_and_come_from_somewhere()
    {
        Assert.Equal(["adapter", "diffusion_head"], Kept("adapter, diffusion_head").Train.KeptParts);
        Assert.Contains(
            "'train.keep' is adaptor; the parts are diffusion_head, adapter, levels",
            Assert.Throws<InputException>(() => Kept("adaptor")).Message
        );
        Assert.Contains(
            "one part at least",
            Assert.Throws<InputException>(() => Kept("diffusion_head,adapter,levels,mask_feature,decoder,aggregation")).Message
        );
        Assert.Contains(
            "name it in 'train.initial'",
            Assert.Throws<InputException>(() => Read("""{ "train": { "steps": 5, "keep": "adapter" } }""")).Message
        );

        TrainConfig Kept(string parts) => Read("""{ "train": { "steps": 5, "initial": "earlier" } }""", $"train.keep={parts}");
    }

    /// <summary>It is the class alone that is learnt of what is not there.</summary>
    [Theory]
    [InlineData("grounding.loss.class=0")]
    [InlineData("grounding.loss.decoder=0")]
    public void Absence_is_refused_where_no_class_is_learnt(string change) =>
        Assert.Contains(
            "'train.absent' is 0.5; the mask decoder's class learns it",
            Assert
                .Throws<InputException>(() =>
                    Read("""{ "train": { "steps": 5, "absent": 0.5 }, "grounding": { "presence": 0.5 } }""", change)
                )
                .Message
        );

    [Fact]
    public void Changes_reach_every_depth_and_keep_their_kind()
    {
        var config = Read(
            """{ "train": { "steps": 5, /* kept */ "seed": 2 } }""",
            "train.steps=40",
            "grounding.parts=decoder+eipa",
            "grounding.loss.points=7",
            "model=123",
            "train.flip=false",
            "train.precision=bf16",
            "train.learningRate=1e-3",
            "train.schedule=step"
        );
        Assert.Equal(
            (40, 2ul, 7, "123", false),
            (config.Train.Steps, config.Train.Seed, config.Grounding.Loss.Points, config.Model, config.Train.Flip)
        );
        Assert.Equal(
            (GroundingParts.DecoderAndAdapter, ComputePrecision.Bf16, 1e-3, ScheduleShape.Step),
            (config.Grounding.Parts, config.Train.Precision, config.Train.LearningRate, config.Train.Schedule)
        );
        Assert.Equal(config.ToJson(), TrainConfig.Read(_folder.Write("whole.json", config.ToJson())).ToJson());
    }

    [Theory]
    [InlineData("train.stepz=4", "train.stepz=4: there is no key 'stepz'; did you mean 'steps'?")]
    [InlineData("steps=4", "steps=4: there is no key 'steps'; did you mean 'train.steps'?")]
    [InlineData("train.quickly=true", "there is no key 'quickly'; the nearest are ")]
    [InlineData("train=4", "'train' has keys of its own")]
    [InlineData("train.steps.more=4", "'train.steps' has no keys of its own")]
    [InlineData("train.steps", "write it as KEY=VALUE")]
    [InlineData("train.steps=many", "train.steps=many: the key cannot have this value")]
    [InlineData("grounding.parts=half", "grounding.parts=half: the key cannot have this value")]
    [InlineData("train.size=100", "'train.size' is 100; a multiple of 64")]
    [InlineData("grounding.size=128", "'grounding.size' is 128; leave it out: 'train.size', 512, decides")]
    [InlineData("train.epochs=2", "either it or 'train.epochs' (2) says how long")]
    [InlineData("train.absent=0.5", "'train.absent' is 0.5; 'grounding.presence'")]
    [InlineData("train.alone=1.5", "'train.alone' is 1.5; 0 to 1 is needed")]
    [InlineData("train.averageDecay=1", "'train.averageDecay' is 1; 0 up to, but not including, 1 is needed")]
    [InlineData("data.protocol=mine", "'data.protocol' is mine; one of original, ppmn")]
    public void Changes_that_cannot_be_are_one_clear_line(string change, params string[] says)
    {
        var message = Assert.Throws<InputException>(() => Read("""{ "train": { "steps": 5 } }""", change)).Message;
        Assert.All(says, text => Assert.Contains(text, message));
        Assert.DoesNotContain('\n', message);
    }

    [Theory]
    [InlineData("""{ "train": { "setps": 5 } }""", "in 'train': there is no key 'setps'; did you mean 'steps'?")]
    [InlineData("""{ "flip": true }""", "there is no key 'flip'; did you mean 'train.flip'?")]
    [InlineData("""{ "train": """, "no training config")]
    [InlineData("[]", "a JSON object was expected")]
    [InlineData("""{ "train": null }""", "'train' is null")]
    [InlineData("{}", "'train.steps' is 0")]
    public void Files_that_are_no_config_are_refused_with_their_name(string json, string says)
    {
        var message = Assert.Throws<InputException>(() => Read(json)).Message;
        Assert.Contains("config.json: ", message);
        Assert.Contains(says, message);
    }

    private TrainConfig Read(string json, params string[] changes) => TrainConfig.Read(_folder.Write("config.json", json), changes);

    [Fact]
    public void No_classes_are_as_many_as_the_data_have_categories()
    {
        var config = SmallTraining.Config with { Grounding = SmallTraining.Config.Grounding with { Classes = 0 } };
        Assert.Equal(7, config.Validated().For(7).Grounding.Classes);
        Assert.Equal(SmallTraining.Config, SmallTraining.Config.For(7));
        Assert.Throws<InputException>(() => config.For(0).Validated().For(0).Grounding.Validated());
    }

    [Fact]
    public void The_config_for_few_pictures_fits_the_embedded_model_but_for_what_classes_decide()
    {
        var few = TrainConfig.Read(Path.Combine(Shared.Root, "configs/few-pictures.json"));
        var embedded = GroundingConfig.Read(Path.Combine(Shared.Root, "models/scenes/grounding/config.json"));
        Assert.Equal(few.Train.Size, embedded.Size);
        Assert.Equal(embedded with { Size = 0, Classes = 0, Presence = 0, Loss = few.Grounding.Loss }, few.Grounding);
    }
}
