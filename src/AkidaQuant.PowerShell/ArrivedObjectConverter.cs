using System.ComponentModel;

namespace AkidaQuant.PowerShell;

/// <summary>
/// What the type table names as the type of objects that arrive: the types of the core cannot be named there, because the table is loaded
/// before the core can be found. No object is of it; its converter gives one of the core.
/// </summary>
[TypeConverter(typeof(ArrivedObjectConverter))]
public sealed class ArrivedObject
{
    private ArrivedObject()
    {
    }
}

/// <summary>
/// Makes models, samples and parameters that came from another process themselves again, where they arrive if the module
/// is loaded there, else where a parameter takes one.
/// </summary>
public sealed class ArrivedObjectConverter : PSTypeConverter
{
    /// <inheritdoc/>
    public override bool CanConvertFrom(object sourceValue, Type destinationType) => ObjectCarrier.HasArrived(sourceValue, destinationType);

    /// <inheritdoc/>
    public override object ConvertFrom(object sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase)
    {
        try
        {
            return ObjectCarrier.Unpack((PSObject)sourceValue, destinationType);
        }
        catch (QuantException e)
        {
            throw new PSInvalidCastException(e.Message, e);
        }
    }

    /// <inheritdoc/>
    public override bool CanConvertTo(object sourceValue, Type destinationType) => false;

    /// <inheritdoc/>
    public override object ConvertTo(object sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase) =>
        throw new PSInvalidCastException($"'{sourceValue}' cannot be converted to another type.");
}
