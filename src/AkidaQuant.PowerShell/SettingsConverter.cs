using System.Collections;

namespace AkidaQuant.PowerShell;

/// <summary>
/// Makes configurations and settings of objects that are nothing but properties, such as those that ConvertFrom-Json gives. Dictionaries
/// are taken by the constructors, whose errors the engine shows as they are.
/// </summary>
public sealed class SettingsConverter : PSTypeConverter
{
    /// <inheritdoc/>
    public override bool CanConvertFrom(object sourceValue, Type destinationType) =>
        sourceValue is PSCustomObject or PSObject { BaseObject: PSCustomObject };

    /// <inheritdoc/>
    public override object ConvertFrom(object sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase)
    {
        var values = (IDictionary)ConfigArgument.PlainSettings(sourceValue)!;
        return destinationType == typeof(QuantConfig) ? new QuantConfig(values) : new QuantSettings(values);
    }

    /// <inheritdoc/>
    public override bool CanConvertTo(object sourceValue, Type destinationType) => false;

    /// <inheritdoc/>
    public override object ConvertTo(object sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase) =>
        throw new NotSupportedException();
}
