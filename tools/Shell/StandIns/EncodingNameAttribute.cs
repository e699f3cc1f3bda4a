using System.Text;

namespace AkidaQuant.Shell.StandIns;

/// <summary>Lets an -Encoding parameter take PowerShell's names of encodings.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EncodingNameAttribute : ArgumentTransformationAttribute
{
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) switch
        {
            string name => name.ToUpperInvariant() switch
            {
                "UTF8" or "UTF8NOBOM" or "DEFAULT" => new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
                "UTF8BOM" => new UTF8Encoding(encoderShouldEmitUTF8Identifier: true),
                "UNICODE" => Encoding.Unicode,
                _ => Encoding.GetEncoding(name),
            },
            var other => other,
        };
}
