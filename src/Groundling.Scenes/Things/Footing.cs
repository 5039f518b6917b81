namespace Groundling.Scenes.Things;

internal enum Footing
{
    /// <summary>On land: it casts a shadow.</summary>
    Ground,

    /// <summary>On water: it is mirrored.</summary>
    Water,

    /// <summary>In the air or in the sky.</summary>
    Air,

    /// <summary>In somebody's hand.</summary>
    Held,
}
