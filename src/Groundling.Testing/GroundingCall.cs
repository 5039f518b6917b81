namespace Groundling.Testing;

/// <summary>What a <see cref="FakeGroundingPipeline"/> was asked.</summary>
/// <param name="Picture">The picture.</param>
/// <param name="Caption">The caption.</param>
/// <param name="Options">The options; the defaults where none were given.</param>
public sealed record GroundingCall(Picture Picture, Caption Caption, GroundingOptions Options);
