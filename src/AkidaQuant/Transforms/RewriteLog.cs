namespace AkidaQuant.Transforms;

/// <summary>Tells what was rewritten and what was left alone, and why, one line each.</summary>
/// <param name="write">Takes the lines; null when nobody reads them.</param>
internal sealed class RewriteLog(Action<string>? write)
{
    /// <summary>A layer was rewritten.</summary>
    /// <param name="layer">Its name.</param>
    /// <param name="what">What was done, as the end of a sentence about the layer.</param>
    public void Rewritten(string layer, string what) => write?.Invoke($"Rewritten: '{layer}' {what}.");

    /// <summary>A layer that a rewrite is for was left alone.</summary>
    /// <param name="layer">Its name.</param>
    /// <param name="why">The reason, as the end of a sentence about the layer.</param>
    public void Kept(string layer, string why) => write?.Invoke($"Left alone: '{layer}' {why}.");
}
