using System.Numerics;
using Groundling.Data;
using Groundling.Scenes.Drawing;

namespace Groundling.Scenes.Things;

/// <summary>People in simple poses; the colour is that of the shirt or the dress.</summary>
internal static class PersonArt
{
    public static void Draw(Pen pen, Thing person)
    {
        var random = new SceneRandom(person.Seed);
        var skin = Tone.Hex(random.Pick(0xF2C9A5, 0xE0AC82, 0xB97C52, 0x8A5A3A, 0xEDBE97));
        var hair = Tone.Hex(random.Pick(0x2D211C, 0x5A3A22, 0x8C5A2B, 0xC79A55, 0x3A3A40));
        var trousers = Tone.Hex(random.Pick(0x3C4A63, 0x4A4038, 0x55606E, 0x6E5A46, 0x2F3440));
        bool child = person.Kind == "child",
            woman = person.Kind == "woman";
        float head = child ? 0.125f : 0.088f,
            shoulder = child ? 0.7f : 0.785f,
            hip = child ? 0.38f : 0.45f;
        float crown = 1f - head;
        bool sitting = person.Pose == "sitting";
        if (sitting)
        {
            float drop = hip - 0.1f;
            var (origin, right, up) = pen.Frame;
            pen.Stroke(trousers, 0.1f, 0f, 0.09f, 0.2f, 0.15f, 0.34f, 0.03f);
            pen.Stroke(Tone.Hex(0x2E2A2C), 0.07f, 0.34f, 0.03f, 0.4f, 0.035f);
            pen.Frame = (origin - up * drop, right, up);
            Body(pen, person, random, skin, hair, shoulder, hip, crown, head, woman);
            pen.Frame = (origin, right, up);
            return;
        }
        float stride = person.Pose is "walking" or "running" ? 0.11f : 0.045f;
        var shoe = Tone.Hex(0x33292A);
        if (woman)
        {
            pen.Stroke(skin, 0.055f, -0.035f, hip * 0.8f, -stride * 0.8f, 0.05f);
            pen.Stroke(skin, 0.055f, 0.035f, hip * 0.8f, stride * 0.8f, 0.05f);
        }
        else
        {
            pen.Stroke(Tone.Scale(trousers, 0.85f), 0.088f, -0.03f, hip, -stride * 0.6f - 0.015f, hip * 0.5f, -stride - 0.01f, 0.06f);
            pen.Stroke(trousers, 0.088f, 0.03f, hip, stride * 0.9f + 0.01f, hip * 0.52f, stride, 0.06f);
        }
        pen.Stroke(shoe, 0.055f, -stride, 0.03f, -stride + 0.05f, 0.028f);
        pen.Stroke(shoe, 0.055f, stride, 0.03f, stride + 0.05f, 0.028f);
        Body(pen, person, random, skin, hair, shoulder, hip, crown, head, woman);
    }

    private static void Body(
        Pen pen,
        Thing person,
        SceneRandom random,
        Vector4 skin,
        Vector4 hair,
        float shoulder,
        float hip,
        float crown,
        float head,
        bool woman
    )
    {
        var cloth = person.Pigment;
        float neck = shoulder + 0.02f;
        // The far arm, the trunk, the near arm, the head.
        float reach = person.Pose switch
        {
            "holding" => 1f,
            "waving" => 2f,
            _ => 0f,
        };
        float swing = person.Pose == "walking" ? 0.07f : 0.02f;
        pen.Stroke(Tone.Scale(cloth, 0.8f), 0.066f, -0.085f, shoulder - 0.03f, -0.12f - swing, shoulder - 0.19f);
        pen.Stroke(skin, 0.05f, -0.12f - swing, shoulder - 0.2f, -0.11f - swing * 0.6f, shoulder - 0.31f);
        if (woman)
        {
            pen.Ellipse(hair, 0.2f, -0.01f, crown - head * 0.35f, head * 1.12f, head * 1.25f);
            pen.Begin()
                .Move(-0.09f, shoulder)
                .Quad(0f, shoulder + 0.05f, 0.09f, shoulder)
                .Quad(0.07f, hip + 0.15f, 0.085f, hip + 0.08f)
                .Quad(0.12f, hip - 0.05f, 0.16f, hip * 0.58f)
                .Quad(0f, hip * 0.5f, -0.16f, hip * 0.58f)
                .Quad(-0.12f, hip - 0.05f, -0.085f, hip + 0.08f)
                .Quad(-0.07f, hip + 0.15f, -0.09f, shoulder);
        }
        else
        {
            pen.Begin()
                .Move(-0.1f, shoulder - 0.02f)
                .Quad(-0.09f, shoulder + 0.03f, 0f, shoulder + 0.035f)
                .Quad(0.09f, shoulder + 0.03f, 0.105f, shoulder - 0.02f)
                .Quad(0.09f, hip + 0.12f, 0.095f, hip - 0.02f)
                .Quad(0f, hip - 0.05f, -0.09f, hip - 0.02f)
                .Quad(-0.085f, hip + 0.12f, -0.1f, shoulder - 0.02f);
        }
        pen.Fill(cloth, 0.2f);
        if (person.Material == "striped")
            for (int i = 0; i < 3; i++)
                pen.Stroke(
                    Tone.Hex(person.Colour is "white" or "yellow" ? 0x3B4A6B : 0xF6F2E8),
                    0.026f,
                    -0.075f,
                    shoulder - 0.06f - i * 0.09f,
                    0.075f,
                    shoulder - 0.06f - i * 0.09f
                );
        pen.Stroke(skin, 0.06f, 0f, neck - 0.02f, 0f, neck + 0.03f);
        pen.Begin().AddEllipse(0f, crown, head * 0.86f, head);
        pen.FillRound(skin, 0.16f);
        pen.Ellipse(Tone.Hex(0x2A2020), 0f, head * 0.2f, crown - head * 0.05f, head * 0.1f, head * 0.13f);
        pen.Ellipse(Tone.Hex(0x2A2020), 0f, head * 0.62f, crown - head * 0.05f, head * 0.09f, head * 0.13f);
        pen.Stroke(
            Tone.Scale(skin, 0.62f),
            head * 0.1f,
            head * 0.24f,
            crown - head * 0.46f,
            head * 0.42f,
            crown - head * 0.52f,
            head * 0.58f,
            crown - head * 0.45f
        );
        pen.Begin()
            .Move(-head * 0.95f, crown - head * (woman ? 0.5f : 0.05f))
            .Quad(-head * 1.05f, crown + head * 1.15f, 0.01f, crown + head * 1.06f)
            .Quad(head * 0.95f, crown + head * 1f, head * 0.86f, crown + head * 0.22f)
            .Quad(head * 0.1f, crown + head * 0.62f, -head * 0.35f, crown + head * 0.25f)
            .Quad(-head * 0.5f, crown - head * 0.1f, -head * 0.95f, crown - head * (woman ? 0.5f : 0.05f));
        pen.Fill(hair, 0.2f);
        var sleeve = Tone.Scale(cloth, 1.04f);
        if (reach == 1f)
        {
            pen.Stroke(sleeve, 0.066f, 0.085f, shoulder - 0.03f, 0.14f, shoulder - 0.16f);
            pen.Stroke(skin, 0.05f, 0.14f, shoulder - 0.16f, 0.2f, shoulder - 0.06f);
        }
        else if (reach == 2f)
        {
            pen.Stroke(sleeve, 0.066f, 0.085f, shoulder - 0.03f, 0.17f, shoulder + 0.07f);
            pen.Stroke(skin, 0.05f, 0.17f, shoulder + 0.07f, 0.19f, shoulder + 0.2f);
        }
        else
        {
            pen.Stroke(sleeve, 0.066f, 0.09f, shoulder - 0.03f, 0.125f + swing * 0.8f, shoulder - 0.18f);
            pen.Stroke(skin, 0.05f, 0.125f + swing * 0.8f, shoulder - 0.19f, 0.13f + swing * 1.6f, shoulder - 0.3f);
        }
        if (random.Chance(0.2f) && person.Kind != "child")
        {
            pen.Begin()
                .AddEllipse(0f, crown + head * 0.55f, head * 1.5f, head * 0.24f)
                .AddEllipse(0f, crown + head * 0.75f, head * 0.82f, head * 0.5f);
            pen.Fill(Tone.Hex(0xD9BE8A), 0.2f);
        }
    }
}
