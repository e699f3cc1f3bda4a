using System.Collections;
using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AkidaQuant.Shell.StandIns.Utility;

/// <summary>Objects as JSON, nested to a depth beyond which they become text.</summary>
internal sealed class JsonTree(int depth, bool enumsAsStrings)
{
    /// <summary>Whether something was nested deeper.</summary>
    public bool Truncated { get; private set; }

    /// <summary>The JSON of a value.</summary>
    public JsonNode? ToNode(object? value) => ToNode(value, level: 0);

    private JsonNode? ToNode(object? value, int level)
    {
        object? plain = value is PSObject wrapped ? wrapped.BaseObject : value;
        switch (plain)
        {
            case null:
                return null;
            case string or bool or char or Guid or DateTime or DateTimeOffset:
            case byte or sbyte or short or ushort or int or uint or long or ulong or decimal:
                return JsonSerializer.SerializeToNode(plain);
            case BigInteger big:
                return JsonNode.Parse(big.ToString(CultureInfo.InvariantCulture));
            case float real when float.IsFinite(real):
                return Real(real.ToString("R", CultureInfo.InvariantCulture));
            case double real when double.IsFinite(real):
                return Real(real.ToString("R", CultureInfo.InvariantCulture));
            case float or double:
                return JsonValue.Create(LanguagePrimitives.ConvertTo<string>(plain));
            case Enum name:
                return enumsAsStrings
                    ? JsonValue.Create(name.ToString())
                    : JsonSerializer.SerializeToNode(Convert.ChangeType(name, name.GetTypeCode(), null));
            case Version or Uri or Type:
                return JsonValue.Create(plain.ToString());
        }

        if (level > depth)
        {
            Truncated = true;
            return JsonValue.Create(LanguagePrimitives.ConvertTo<string>(value));
        }

        return plain switch
        {
            IDictionary table => ToObject(
                table.Cast<DictionaryEntry>().Select(entry => (LanguagePrimitives.ConvertTo<string>(entry.Key), entry.Value)), level),
            IEnumerable list => new JsonArray([.. list.Cast<object?>().Select(item => ToNode(item, level + 1))]),
            _ => ToObject(
                PSObject.AsPSObject(value!).Properties.Where(property => property.IsGettable).Select(property => (property.Name, (object?)property.Value)),
                level),
        };
    }

    // A whole real keeps its point, so that it is read as a real again.
    private static JsonNode? Real(string digits) =>
        JsonNode.Parse(digits.AsSpan().ContainsAny('.', 'E') ? digits : digits + ".0");

    private JsonObject ToObject(IEnumerable<(string Name, object? Value)> entries, int level)
    {
        var result = new JsonObject();
        foreach ((string name, object? value) in entries)
        {
            result[name] = ToNode(value, level + 1);
        }

        return result;
    }
}
