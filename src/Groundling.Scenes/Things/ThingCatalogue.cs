using Groundling.Scenes.Drawing;

namespace Groundling.Scenes.Things;

/// <summary>All variants of all things; sizes are a picture book's, not nature's.</summary>
internal static class ThingCatalogue
{
    private static readonly string[] Clothes = ["red", "blue", "green", "yellow", "white", "orange", "purple", "pink", "black"];
    private static readonly string[] Toys = ["red", "yellow", "blue", "green", "orange", "purple", "pink"];
    private static readonly string[] Paints = ["red", "blue", "white", "yellow", "green", "orange"];
    private static readonly string[] Standing = ["standing", "walking", "walking", "waving"];
    private static readonly string[] Striped = ["striped"];
    private static readonly string[] Wooden = ["wooden"];
    private static readonly string[] Spotted = ["spotted"];

    private static readonly Variant[] Variants =
    [
        new("person", "man", 1.85f, 0.36f, Clothes, PersonArt.Draw)
        {
            Poses = Standing,
            Materials = Striped,
            MaterialChance = 0.12f,
        },
        new("person", "woman", 1.75f, 0.38f, Clothes, PersonArt.Draw) { Poses = Standing },
        new("person", "child", 1.3f, 0.4f, Clothes, PersonArt.Draw) { Poses = Standing },
        new("dog", "", 0.95f, 1.25f, ["brown", "brown", "white", "gray", "black"], AnimalArt.Dog)
        {
            Poses = ["standing", "sitting"],
            Materials = Spotted,
            MaterialChance = 0.25f,
        },
        new("cat", "", 0.68f, 0.9f, ["orange", "black", "white", "gray"], AnimalArt.Cat) { Poses = ["sitting"], Materials = Striped },
        new("bird", "", 0.5f, 1.3f, ["white", "blue", "yellow", "black", "orange", "red"], BirdArt.Draw),
        new("horse", "", 2.1f, 1.12f, ["brown", "white", "black", "gray"], AnimalArt.Horse) { Poses = ["standing", "standing", "grazing"] },
        new("cow", "", 1.65f, 1.4f, ["brown", "black", "white"], AnimalArt.Cow)
        {
            Poses = ["standing", "grazing"],
            Materials = Spotted,
            MaterialChance = 0.5f,
        },
        new("sheep", "", 1.15f, 1.15f, ["white", "white", "white", "black", "gray"], AnimalArt.Sheep) { Poses = ["standing", "grazing"] },
        new("boat", "sailboat", 5.2f, 0.74f, [.. Paints, "brown"], BoatArt.Draw) { Materials = ["striped", "wooden"] },
        new("boat", "sailboat", 5.2f, 0.74f, [.. Paints, "brown"], BoatArt.Draw) { Materials = ["striped", "wooden"] },
        new("boat", "fishing boat", 3f, 1.75f, Paints, BoatArt.Draw),
        new("boat", "rowing boat", 1.1f, 3.05f, [.. Paints, "brown"], BoatArt.Draw) { Materials = Wooden, MaterialChance = 0.6f },
        new("car", "", 1.7f, 2.42f, ["red", "blue", "white", "black", "green", "gray", "orange", "yellow"], VehicleArt.Car),
        new("truck", "", 2.3f, 2.12f, Paints, VehicleArt.Truck),
        new("bus", "", 2.35f, 2.62f, ["red", "yellow", "green", "blue", "orange"], VehicleArt.Bus),
        new("train", "", 3.3f, 5.1f, ["red", "blue", "black", "orange", "green"], VehicleArt.Train),
        new("bicycle", "", 1.25f, 1.55f, ["red", "blue", "green", "yellow", "black", "pink"], VehicleArt.Bicycle),
        new("balloon", "", 1f, 0.74f, Toys, AirArt.Balloon) { Materials = Striped, MaterialChance = 0.45f },
        new("house", "cottage", 5f, 0.98f, ["white", "yellow", "red", "orange", "pink", "gray", "blue"], HouseArt.Draw)
        {
            Materials = ["wooden", "brick"],
            MaterialChance = 0.3f,
        },
        new("house", "townhouse", 7f, 0.66f, ["white", "yellow", "red", "orange", "pink", "green", "blue"], HouseArt.Draw),
        new("house", "barn", 5.6f, 1.12f, ["red", "brown", "white"], HouseArt.Draw) { Materials = Wooden, MaterialChance = 0.25f },
        new("lighthouse", "", 9.5f, 0.27f, ["red", "blue", "black"], TowerArt.Lighthouse) { Materials = Striped, MaterialChance = 1f },
        new("windmill", "", 8f, 0.72f, ["white", "brown", "gray"], TowerArt.Windmill),
        new("tent", "", 2.1f, 1.6f, ["orange", "yellow", "blue", "green", "red"], PlaceArt.Tent),
        new("tree", "", 5.6f, 0.74f, ["green"], TreeArt.Draw),
        new("tree", "pine tree", 6.4f, 0.58f, ["green"], TreeArt.Draw),
        new("tree", "palm tree", 6f, 0.72f, ["green"], TreeArt.Draw),
        new("bench", "", 1.15f, 1.92f, ["brown", "brown", "green", "white", "blue", "red"], PlaceArt.Bench)
        {
            Materials = Wooden,
            MaterialChance = 1f,
        },
        new("lamp", "", 4.2f, 0.17f, ["black", "green", "gray"], PlaceArt.Lamp),
        new("fence", "", 1.15f, 4f, ["white", "brown", "brown"], PlaceArt.Fence) { Materials = Wooden, MaterialChance = 1f },
        new("umbrella", "", 2.5f, 1.15f, ["red", "yellow", "blue", "orange", "pink", "purple", "white", "green"], PlaceArt.Umbrella)
        {
            Materials = Striped,
            MaterialChance = 0.5f,
        },
        new("kite", "", 1f, 0.62f, ["red", "yellow", "blue", "green", "orange", "purple", "pink"], AirArt.Kite) { Materials = Striped },
        new("ball", "", 0.62f, 1f, ["red", "yellow", "blue", "green", "orange", "pink", "white"], PlaceArt.Ball)
        {
            Materials = Striped,
            MaterialChance = 0f,
        },
        new("snowman", "", 1.85f, 0.62f, ["red", "blue", "green", "yellow", "purple"], PlaceArt.Snowman),
        new("haystack", "", 1.5f, 1f, ["yellow"], PlaceArt.Haystack),
        new("sun", "", 1f, 1f, ["yellow"], AirArt.Sun),
        new("moon", "", 1f, 1f, ["white"], AirArt.Moon),
        new("cactus", "", 2.2f, 0.7f, ["green"], NovelArt.Cactus),
        new("mushroom", "", 1.1f, 1.05f, ["red", "red", "brown", "orange", "purple"], NovelArt.Mushroom)
        {
            Materials = Spotted,
            MaterialChance = 0.5f,
        },
        new("robot", "", 1.8f, 0.66f, ["gray", "blue", "orange", "yellow", "green"], NovelArt.Robot) { Poses = ["standing"] },
        new("rocket", "", 3.2f, 0.5f, ["white", "red", "blue", "yellow"], NovelArt.Rocket) { Materials = Striped },
    ];

    /// <summary>The variants of a category, or only those of one kind; palms only where asked for.</summary>
    public static Variant[] Of(string category, string kind) =>
        Array.FindAll(Variants, v => v.Category == category && (kind.Length == 0 ? v.Kind != "palm tree" : v.Kind == kind));

    public static Action<Drawing.Pen, Thing> Artist(Thing thing) => Array.Find(Variants, v => v.Category == thing.Category)!.Draw;
}
