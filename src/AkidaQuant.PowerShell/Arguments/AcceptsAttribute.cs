namespace AkidaQuant.PowerShell.Arguments;

/// <summary>
/// Lets a parameter take anything. The engine's own conversion would refuse wrong kinds with the names of types, and a
/// transformation that reads files would lose the ids of their errors.
/// </summary>
/// <typeparam name="T">The type of the parameter.</typeparam>
[AttributeUsage(AttributeTargets.Property)]
public sealed class AcceptsAttribute<T> : ArgumentTransformationAttribute
    where T : class, IArgument<T>
{
    /// <inheritdoc/>
    public override bool TransformNullOptionalParameters => true;

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? value = Given.Unwrap(inputData);
        return value as T ?? T.From(value);
    }
}
