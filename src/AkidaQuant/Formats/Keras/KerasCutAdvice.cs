namespace AkidaQuant.Formats.Keras;

/// <summary>
/// Says which part of a model that cannot be imported can be: up to a layer in front of the obstacle, which was tried, so that following
/// the advice works.
/// </summary>
internal static class KerasCutAdvice
{
    /// <summary>The most layers that are tried, each of which takes as long as reading the configuration.</summary>
    private const int MostTries = 8;

    /// <summary>The most layers that are looked at for them.</summary>
    private const int MostLayers = 64;

    /// <summary>Whether an error is one of a model that is sound, so that a part of it may be read.</summary>
    public static bool MayHelp(QuantException error) => error.Kind == QuantErrorKind.NotSupported;

    /// <summary>The error with the name that <c>-Output</c> takes, where there is one.</summary>
    /// <param name="outline">The model; null for what is none.</param>
    /// <param name="error">Why it cannot be imported.</param>
    /// <param name="read">Reads the part up to a layer.</param>
    public static QuantException Advise(KerasOutline? outline, QuantException error, Func<string, Model> read)
    {
        IEnumerable<string> places = outline is null ? [] : Places(outline, error);
        return places.Distinct().Take(MostTries).FirstOrDefault(name => Reads(name, read)) is { } output
            ? new QuantException(
                error.Id,
                error.Kind,
                $"{error.Message} -Output '{output}' imports the network up to there.",
                error.Target,
                error.InnerException)
            : error;
    }

    /// <summary>
    /// What comes before the layer that is in the way, the nearest first, and its own first use where it is the others that are; or,
    /// where several inputs are, what needs one of them alone, the last first.
    /// </summary>
    private static IEnumerable<string> Places(KerasOutline outline, QuantException error)
    {
        KerasOutlineLayer? obstacle = error.Target is not string target
            ? null
            : outline.Find(target) ?? outline.Layers.FirstOrDefault(layer => layer.Holds(target));
        IEnumerable<KerasOutlineLayer> layers = obstacle is not null
            ? Before(outline, obstacle, error.Id == "SharedLayer")
            : error.Id is "SeveralInputs" or "SeveralOutputs" ? OfOneInput(outline) : [];
        return layers.Where(layer => !layer.IsInput).Select(layer => layer.Name);
    }

    private static IEnumerable<KerasOutlineLayer> Before(KerasOutline outline, KerasOutlineLayer obstacle, bool isOwn)
    {
        Queue<KerasOutlineLayer> open = new([obstacle]);
        HashSet<string> seen = [obstacle.Name];
        for (int i = 0; i < MostLayers && open.TryDequeue(out KerasOutlineLayer? layer); i++)
        {
            if (layer != obstacle || isOwn)
            {
                yield return layer;
            }

            foreach (string name in outline.Before(layer).Where(seen.Add))
            {
                open.Enqueue(outline.Find(name)!);
            }
        }
    }

    private static IEnumerable<KerasOutlineLayer> OfOneInput(KerasOutline outline) => outline.Layers.Reverse().Where(layer =>
        outline.IsSequential || outline.Needed([layer.Name]).Keys.Count(name => outline.Find(name)!.IsInput) == 1);

    private static bool Reads(string name, Func<string, Model> read)
    {
        try
        {
            return read(name).Nodes.Count > 1;
        }
        catch (QuantException)
        {
            return false;
        }
    }
}
