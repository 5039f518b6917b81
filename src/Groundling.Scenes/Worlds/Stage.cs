using Groundling.Data;
using Groundling.Scenes.Drawing;
using Groundling.Scenes.Things;

namespace Groundling.Scenes.Worlds;

/// <summary>A scene being set: light, perspective, backdrop and things, before a pixel is drawn.</summary>
internal sealed class Stage(SceneRandom random, SceneSplit split)
{
    private readonly List<Layer> _layers = [];
    private readonly List<Thing> _things = [];
    private readonly Dictionary<string, string> _lastColour = new(StringComparer.Ordinal);

    public SceneRandom Random => random;

    public required Light Light { get; init; }

    /// <summary>The horizon's height in the picture, y down.</summary>
    public float Horizon { get; set; } = 0.45f;

    /// <summary>The eye's height over the ground in metres: larger makes everything smaller.</summary>
    public float Eye { get; set; } = 3f;

    public bool Autumn { get; init; }

    public ulong WeatherSeed { get; init; }

    public IReadOnlyList<Layer> Layers => _layers;

    public IReadOnlyList<Thing> Things => _things;

    public void Layer(float order, Action<Pen> paint) => _layers.Add(new Layer(order, paint));

    /// <summary>Some of a category, alike or not, where there is room.</summary>
    public void Scatter(string category, int least, int most, Zone zone, string kind = "", string pose = "")
    {
        int count = random.Int(least, most);
        for (int i = 0; i < count; i++)
            Place(category, zone, kind, pose);
    }

    /// <summary>One thing, where there is room; null where there is none.</summary>
    public Thing? Place(string category, Zone zone, string kind = "", string pose = "", float scale = 1f)
    {
        var variant = random.Pick(ThingCatalogue.Of(category, kind));
        float stature = scale * (random.Chance(0.3f) ? random.Pick(0.68f, 1.36f) : random.Range(0.9f, 1.12f));
        if (variant.Category is "person" or "lamp" or "bus" or "truck")
            stature = scale * random.Range(0.94f, 1.06f);
        for (int attempt = 0; attempt < 14; attempt++)
        {
            float y = random.Range(zone.Top, zone.Bottom),
                height = variant.Metres * stature * (y - Horizon) / Eye;
            float width = height * variant.Aspect;
            if (height > 0.66f || width > 0.9f || height * width < 0.0034f)
                continue;
            float margin = width * 0.34f;
            float x = random.Range(zone.Left + margin, zone.Right - margin);
            if (Crowded(x, y, width, height))
                continue;
            return Add(variant, x, y, height, zone.Footing, pose, 1f - (y - Horizon) / (1f - Horizon), y);
        }
        return null;
    }

    /// <summary>Something in the air: its size is free.</summary>
    public Thing? Fly(string category, float top, float bottom, float least, float most, float depth, string pose = "")
    {
        var variant = random.Pick(ThingCatalogue.Of(category, ""));
        for (int attempt = 0; attempt < 14; attempt++)
        {
            float height = random.Range(least, most),
                width = height * variant.Aspect;
            if (height > bottom - top)
                continue;
            float y = random.Range(top + height, bottom),
                x = random.Range(width * 0.5f, 1f - width * 0.5f);
            if (Crowded(x, y, width * 1.15f, height * 1.1f))
                continue;
            return Add(variant, x, y, height, Footing.Air, pose, depth, -1f - depth * 0.1f);
        }
        return null;
    }

    /// <summary>Puts a thing exactly here, whatever else is there.</summary>
    public Thing Put(
        string category,
        float x,
        float y,
        float height,
        Footing footing,
        float depth,
        float order,
        string pose = "",
        string kind = ""
    ) => Add(random.Pick(ThingCatalogue.Of(category, kind)), x, y, height, footing, pose, depth, order);

    private Thing Add(Variant variant, float x, float y, float height, Footing footing, string pose, float depth, float order)
    {
        var (colour, material) = Attributes(variant);
        var thing = new Thing
        {
            Category = variant.Category,
            Kind = variant.Kind,
            Colour = variant.Category is "sun" or "moon" or "snowman" ? "" : colour,
            Material = material,
            Pose = pose.Length > 0 ? pose : random.Pick(variant.Poses),
            Seed = random.Next(),
            Pigment = Pigments.Of(colour, random),
            X = x,
            Y = y,
            Height = height,
            Width = height * variant.Aspect,
            Flip = random.Chance(0.5f),
            Depth = depth,
            Order = order,
            Footing = footing,
        };
        _things.Add(thing);
        return thing;
    }

    private (string Colour, string Material) Attributes(Variant variant)
    {
        if (variant.Category == "tree")
            return (
                variant.Kind.Length > 0 ? "green"
                : Autumn ? random.Pick("orange", "yellow", "red", "green")
                : random.Chance(0.12f) ? "pink"
                : "green",
                ""
            );
        bool compositional = split == SceneSplit.Compositional;
        bool seek = compositional && random.Chance(0.35f);
        for (int attempt = 0; ; attempt++)
        {
            string colour = random.Pick(variant.Colours);
            if (
                !seek
                && random.Chance(0.4f)
                && _lastColour.TryGetValue(variant.Category, out string? last)
                && Array.IndexOf(variant.Colours, last) >= 0
            )
                colour = last;
            bool made =
                variant.Materials.Length > 0
                && random.Chance(variant.Category == "ball" ? (compositional ? 0.5f : 0f) : variant.MaterialChance);
            string material = made ? random.Pick(variant.Materials) : "";
            bool held = HeldOutCombinations.Contains(variant.Category, colour, material);
            if (held && !compositional)
                continue;
            if (seek && !held && attempt < 12)
                continue;
            _lastColour[variant.Category] = colour;
            return (colour, material);
        }
    }

    private bool Crowded(float x, float y, float width, float height)
    {
        foreach (var other in _things)
        {
            if (other.Category is "sun" or "moon")
                continue;
            float w = Math.Min(x + width * 0.5f, other.X + other.Width * 0.5f) - Math.Max(x - width * 0.5f, other.X - other.Width * 0.5f);
            float h = Math.Min(y, other.Y) - Math.Max(y - height, other.Y - other.Height);
            if (w <= 0f || h <= 0f)
                continue;
            float share = w * h / Math.Min(width * height, other.Width * other.Height);
            if (share > 0.3f)
                return true;
        }
        return false;
    }
}
