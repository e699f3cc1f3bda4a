using System.Runtime.CompilerServices;

namespace AkidaQuant.PowerShell;

/// <summary>
/// What objects say that came from another process before this module was loaded: PowerShell keeps them as what arrived, which
/// is little more than a name. The type table gives them these properties, by methods and not scripts because there may be no runspace.
/// </summary>
public static class ArrivedProperties
{
    // Read once, and as long as what arrived is held.
    private static readonly ConditionalWeakTable<PSObject, PSObject> Whole = [];

    /// <summary>The property of that name.</summary>
    public static object? Bits(PSObject instance) => Of(instance);

    /// <summary>The property of that name.</summary>
    public static object? BufferBits(PSObject instance) => Of(instance);

    /// <summary>The property of that name.</summary>
    public static object? ClassCount(PSObject instance) => Of(instance);

    /// <summary>The property of that name.</summary>
    public static object? Classes(PSObject instance) => Of(instance);

    /// <summary>The property of that name.</summary>
    public static object? FloatSource(PSObject instance) => Of(instance);

    /// <summary>The property of that name.</summary>
    public static object? Form(PSObject instance) => Of(instance);

    /// <summary>The property of that name.</summary>
    public static object? GraphLayers(PSObject instance) => Of(instance);

    /// <summary>The property of that name.</summary>
    public static object? Input(PSObject instance) => Of(instance);

    /// <summary>The property of that name.</summary>
    public static object? InputShape(PSObject instance) => Of(instance);

    /// <summary>The property of that name.</summary>
    public static object? InputType(PSObject instance) => Of(instance);

    /// <summary>The property of that name.</summary>
    public static object? InputWeightBits(PSObject instance) => Of(instance);

    /// <summary>The property of that name.</summary>
    public static object? IpVersion(PSObject instance) => Of(instance);

    /// <summary>The property of that name.</summary>
    public static object? IsQuantized(PSObject instance) => Of(instance);

    /// <summary>The property of that name.</summary>
    public static object? IsSequential(PSObject instance) => Of(instance);

    /// <summary>The property of that name.</summary>
    public static object? IsStateful(PSObject instance) => Of(instance);

    /// <summary>The property of that name.</summary>
    public static object? Labels(PSObject instance) => Of(instance);

    /// <summary>The property of that name.</summary>
    public static object? LastOutputBits(PSObject instance) => Of(instance);

    /// <summary>The property of that name.</summary>
    public static object? LayerDetails(PSObject instance) => Of(instance);

    /// <summary>The property of that name.</summary>
    public static object? Layers(PSObject instance) => Of(instance);

    /// <summary>The property of that name.</summary>
    public static object? Macs(PSObject instance) => Of(instance);

    /// <summary>The property of that name.</summary>
    public static object? Names(PSObject instance) => Of(instance);

    /// <summary>The property of that name.</summary>
    public static object? Nodes(PSObject instance) => Of(instance);

    /// <summary>The property of that name.</summary>
    public static object? Optimization(PSObject instance) => Of(instance);

    /// <summary>The property of that name.</summary>
    public static object? OutputBits(PSObject instance) => Of(instance);

    /// <summary>The property of that name.</summary>
    public static object? OutputShape(PSObject instance) => Of(instance);

    /// <summary>The property of that name.</summary>
    public static object? Outputs(PSObject instance) => Of(instance);

    /// <summary>The property of that name.</summary>
    public static object? Parts(PSObject instance) => Of(instance);

    /// <summary>The property of that name.</summary>
    public static object? PerTensorActivations(PSObject instance) => Of(instance);

    /// <summary>The property of that name.</summary>
    public static object? Plan(PSObject instance) => Of(instance);

    /// <summary>The property of that name.</summary>
    public static object? PotentialStep(PSObject instance) => Of(instance);

    /// <summary>The property of that name.</summary>
    public static object? Potentials(PSObject instance) => Of(instance);

    /// <summary>The property of that name.</summary>
    public static object? Ranges(PSObject instance) => Of(instance);

    /// <summary>The property of that name.</summary>
    public static object? Repair(PSObject instance) => Of(instance);

    /// <summary>The property of that name.</summary>
    public static object? SampleShape(PSObject instance) => Of(instance);

    /// <summary>The property of that name.</summary>
    public static object? Tail(PSObject instance) => Of(instance);

    /// <summary>The property of that name.</summary>
    public static object? TakesChannelsFirst(PSObject instance) => Of(instance);

    /// <summary>The property of that name.</summary>
    public static object? Type(PSObject instance) => Of(instance);

    private static object? Of(PSObject instance, [CallerMemberName] string property = "")
    {
        try
        {
            return Whole.GetValue(instance, arrived => PSObject.AsPSObject(ObjectCarrier.Unpack(arrived, typeof(ArrivedObject))))
                .Properties[property]?.Value;
        }
        catch (QuantException e)
        {
            // PowerShell swallows errors of properties and gives null, which would be taken for an answer.
            return e.Message;
        }
    }
}
