using Groundling.Diffusion;

namespace Groundling.Prompting;

/// <summary>
/// Holds the order of calls: the UNet's blocks one after the other, each asking for its prompt and then saying what its pixels attended
/// to.
/// </summary>
/// <param name="first">Index of the block that comes first; 0 in a whole pass.</param>
internal sealed class BlockOrder(int first)
{
    private int _block = first;
    private bool _prompted;

    /// <summary>A block asks for its prompt.</summary>
    /// <exception cref="InvalidOperationException">Another call is due.</exception>
    public void Asks(TransformerSite site)
    {
        Require(site, !_prompted, "asks for its prompt");
        _prompted = true;
    }

    /// <summary>The same block tells what its pixels attended to.</summary>
    /// <exception cref="InvalidOperationException">Another call is due.</exception>
    public void Tells(TransformerSite site)
    {
        Require(site, _prompted, "tells what its pixels attended to");
        _prompted = false;
        _block++;
    }

    private void Require(TransformerSite site, bool due, string call)
    {
        if (due && site.Index == _block)
            return;
        var expected = _prompted ? "tell what its pixels attended to" : "ask for its prompt";
        throw new InvalidOperationException(
            $"block {site.Index} ({site.Path}) {call}, but block {_block} is due to {expected}: "
                + "blocks run once each, in their order, and every pass of the UNet needs a prompt of its own"
        );
    }
}
