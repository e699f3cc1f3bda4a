namespace AkidaQuant.Formats.Files;

/// <summary>Shapes of samples that a file leaves open, and what the reader of the file says of them.</summary>
internal static class OpenShape
{
    /// <summary>The shape of samples with the sizes that the file leaves open taken from the one that is given.</summary>
    /// <param name="path">The file, for errors.</param>
    /// <param name="declared">What the file says, without the batch; sizes that it leaves open are <see cref="Shape.Unknown"/>.</param>
    /// <param name="given">What the caller says, in the order of the file; null for nothing.</param>
    /// <exception cref="QuantException"><c>InputShapeMismatch</c>: the two contradict each other.</exception>
    public static Shape Complete(string path, Shape declared, Shape? given)
    {
        if (given is not { } shape)
        {
            return declared;
        }

        return declared.Rank == shape.Rank && declared.Zip(shape).All(pair => pair.First == Shape.Unknown || pair.First == pair.Second)
            ? shape
            : throw new QuantException(
                "InputShapeMismatch",
                QuantErrorKind.InvalidArgument,
                $"The model file '{path}' takes samples of the shape {declared}, and the shape that was given for them is {shape}. Only sizes that the file leaves open can be chosen; give all of them in its order, without the batch.",
                path);
    }
}
