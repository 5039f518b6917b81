using Groundling.Modeling;

namespace Groundling;

/// <summary>What reports call the parts of the method that are at work.</summary>
internal static class MethodNames
{
    public static string Of(GroundingParts parts, bool trained, int colourWalks) =>
        parts switch
        {
            GroundingParts.Static => trained ? "static prompting, trained block weights" : "static prompting",
            GroundingParts.Decoder => "static prompting, mask decoder",
            GroundingParts.DecoderAndAggregation => "static prompting, mutual aggregation, mask decoder",
            GroundingParts.DecoderAndAdapter => "dynamic prompting, mask decoder",
            _ => "dynamic prompting, mutual aggregation, mask decoder",
        } + (parts == GroundingParts.Static || colourWalks == 0 ? "" : $", {colourWalks} steps along colours");

    public static string Of(MaskHead head) => head.ToString().ToLowerInvariant();
}
