using SkiaSharp;

namespace Groundling.Rendering;

/// <summary>
/// DejaVu Sans, which comes with the library, so that figures and charts look the same, and have letters at all, on every machine.
/// </summary>
public static class EmbeddedTypeface
{
    /// <summary>Opens it; the caller owns it.</summary>
    public static SKTypeface Open()
    {
        using var file =
            typeof(EmbeddedTypeface).Assembly.GetManifestResourceStream("DejaVuSans.ttf")
            ?? throw new InvalidOperationException("The embedded font DejaVuSans.ttf is missing from the assembly.");
        return SKTypeface.FromStream(file) ?? throw new InvalidOperationException("The embedded font DejaVuSans.ttf cannot be read.");
    }
}
