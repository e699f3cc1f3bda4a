using System.Text.Json;

namespace AkidaQuant.Shell.StandIns.Utility;

[Cmdlet(VerbsData.ConvertFrom, "Json")]
public sealed class ConvertFromJsonCommand : PSCmdlet
{
    private readonly List<string> lines = [];

    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true)]
    [AllowEmptyString]
    public string InputObject { get; set; } = string.Empty;

    [Parameter]
    public SwitchParameter AsHashtable { get; set; }

    [Parameter]
    public SwitchParameter NoEnumerate { get; set; }

    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Depth { get; set; } = 1024;

    protected override void ProcessRecord() => lines.Add(InputObject);

    protected override void EndProcessing()
    {
        string text = string.Join('\n', lines);
        if (string.IsNullOrWhiteSpace(text))
        {
            return;
        }

        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions
            {
                MaxDepth = Depth,
                CommentHandling = JsonCommentHandling.Skip,
                AllowTrailingCommas = true,
            });
            WriteObject(ToObject(document.RootElement), !NoEnumerate);
        }
        catch (JsonException exception)
        {
            ThrowTerminatingError(new ErrorRecord(
                new ArgumentException($"Conversion from JSON failed with error: {exception.Message}", exception),
                "System.ArgumentException",
                ErrorCategory.NotSpecified,
                null));
        }
    }

    private object? ToObject(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => AsHashtable ? ToTable(element) : ToProperties(element),
        JsonValueKind.Array => element.EnumerateArray().Select(ToObject).ToArray(),
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Number => element.TryGetInt64(out long integer) ? (object)integer : element.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    private OrderedHashtable ToTable(JsonElement element)
    {
        var table = new OrderedHashtable();
        foreach (JsonProperty property in element.EnumerateObject())
        {
            table[property.Name] = ToObject(property.Value);
        }

        return table;
    }

    private PSObject ToProperties(JsonElement element)
    {
        var result = new PSObject();
        foreach (JsonProperty property in element.EnumerateObject())
        {
            result.Properties.Add(new PSNoteProperty(property.Name, ToObject(property.Value)));
        }

        return result;
    }
}
