using System.Management.Automation.Runspaces;
using System.Reflection;
using AkidaQuant.Akida;
using AkidaQuant.Akida.Devices;
using AkidaQuant.Akida.Layers;
using AkidaQuant.Akida.Learning;
using AkidaQuant.Analysis;
using AkidaQuant.Execution;
using AkidaQuant.Layers;
using AkidaQuant.Models;
using AkidaQuant.Repair;

namespace AkidaQuant.PowerShell;

/// <summary>
/// What lists show of an object, and what stands for it in a cell: Format-List, and the engine behind an object of another type, take
/// properties by their names and print them raw. So each property that may hold a name from a file has a hidden twin that
/// <see cref="Shown"/> escapes, whose name is its own with a space behind, which no list shows. Types files cut such spaces off.
/// </summary>
internal sealed class ShownProperties
{
    private const string Install = "param($types) foreach ($type in $types) { Update-TypeData -TypeData $type -Force }";

    private static readonly Type[] Exported = typeof(Model).Assembly.GetExportedTypes();

    /// <summary>What reads the properties of each name, in all types.</summary>
    private readonly Dictionary<string, ScriptBlock> _getters = new(StringComparer.Ordinal);

    private ShownProperties()
    {
    }

    /// <summary>Gives the session the lists of all types.</summary>
    public static void Add()
    {
        if (Runspace.DefaultRunspace is null)
        {
            return;
        }

        try
        {
            ScriptBlock.Create(Install).Invoke([new ShownProperties().All()]);
        }
        catch (RuntimeException)
        {
            // A session without Update-TypeData shows lists of all properties, as they are.
        }
    }

    private TypeData[] All() =>
    [
        .. Arrived(typeof(Model), "Name", "InputShape", "IsQuantized", "Bits"),
        .. Arrived(typeof(AkidaModel), "Name", "IpVersion", "InputShape", "OutputShape", "Bits", "Macs"),
        .. Arrived(typeof(SampleSet), "Count", "SampleShape", "DType", "Labels", "Source"),
        .. Some(typeof(Prediction), "Index", "Label", "Class", "Score", "Name"),
        .. Some(typeof(PotentialPrediction), "Index", "Label", "Class", "Score", "Name"),
        .. Measurement(typeof(ModelMeasurement)),
        .. Measurement(typeof(AkidaMeasurement)),
        .. Some(typeof(OptimizationReport), "Model", "Effort", "Count", "HeldBack", "ErrorBefore", "ErrorAfter", "IsImproved"),
        .. Some(
            typeof(KernelDistribution),
            "Model", "Layer", "Kind", "Channel", "Count", "Minimum", "LowerQuartile", "Median", "UpperQuartile", "Maximum"),
        .. Some(typeof(ModelLayer), "Name", "ClassName", "OutputShape", "OutputBits", "Inputs"),
        .. Some(typeof(LayerDefinition), "Class", "Name", "Arguments"),
        .. Some(typeof(Node), "Name", "Layer", "Inputs"),
        .. Some(typeof(Layer), "Name", "ClassName", "Arguments", "WeightBits", "OutputBits", "Variables"),
        .. Some(typeof(AkidaLayer), "Name", "TypeName", "Inbounds", "Parameters", "Variables"),
        .. Whole(typeof(SummaryRow)),
        .. Whole(typeof(AkidaSummaryRow)),
        .. Whole(typeof(AkidaLayerDetails)),
        .. Whole(typeof(ModelSummary)),
        .. Whole(typeof(AkidaSummary)),
        .. Whole(typeof(QuantErrorRow)),
        .. Whole(typeof(QuantErrorReport)),
        .. Whole(typeof(QuantCheckRow)),
        .. Whole(typeof(QuantCheck)),
        .. Whole(typeof(LayerSparsity)),
        .. Whole(typeof(LayerWork)),
        .. Whole(typeof(AkidaWork)),
        .. Whole(typeof(AkidaStreamState)),
        .. Some(typeof(AkidaStream), "Model", "Count", "Steps", "Bytes", "State"),
        .. Whole(typeof(CompatibilityRow), nameof(CompatibilityRow.Problem), nameof(CompatibilityRow.Remedy)),
        .. Whole(typeof(HardwareRow), nameof(HardwareRow.Problem), nameof(HardwareRow.Remedy)),
        .. Whole(typeof(AkidaDevice)),
        .. Some(
            typeof(AkidaMapping),
            "Model", "Device", "Mode", "Sequences", "Needed", "Available", "Used", "Fits", "SkipDmas", "ExternalMemory", "Shortage"),
        .. Whole(typeof(MappedLayer)),
        .. Whole(typeof(AkidaSequence)),
        .. Whole(typeof(RepairChange)),
        .. Whole(typeof(OptimizationChange)),
        .. Whole(typeof(AkidaPart)),
        .. Whole(typeof(LearnedNeuron)),
        .. Whole(typeof(LearningShare)),
        .. Whole(typeof(AkidaTailPart)),
        .. Whole(typeof(PlanOutput)),
        .. Whole(typeof(Variable)),
        .. Both(typeof(ExecutionPlan).FullName!, typeof(ExecutionPlan<Node>), NamesOf(typeof(ExecutionPlan<Node>))),
    ];

    private TypeData[] Measurement(Type type) =>
        Some(type, "Model", "Kind", "Bits", "Count", "Source", "Correct", "Accuracy", "Duration", "SamplesPerSecond");

    /// <summary>A type that may come from another process.</summary>
    private TypeData[] Arrived(Type type, params string[] names) =>
        [Named(type.FullName!, type, names), Named($"Deserialized.{type.FullName}", type, names)];

    private TypeData[] Some(Type type, params string[] names) => Both(type.FullName!, type, names);

    /// <summary>
    /// A type whose lists show all properties; texts of several lines, which are escaped where they are made, as they are.
    /// </summary>
    private TypeData[] Whole(Type type, params string[] lines) => Both(type.FullName!, type, NamesOf(type), lines);

    /// <summary>A type as it is, and as it comes from another process: with its properties, and by the names of its lists.</summary>
    private TypeData[] Both(string typeName, Type type, string[] names, params string[] lines) =>
        [WithoutTwins(Named(typeName, type, names, lines), type), Named($"Deserialized.{typeName}", type, names, lines)];

    /// <summary>What goes to another process: all properties, also those of derived types, and no twin.</summary>
    private static TypeData WithoutTwins(TypeData data, Type type)
    {
        data.SerializationMethod = "SpecificProperties";
        data.PropertySerializationSet = new PropertySetData(
            Exported.Where(type.IsAssignableFrom).Prepend(type).SelectMany(SerializedNames).Distinct());
        return data;
    }

    /// <summary>The properties that the engine sees, those that only an interface has included.</summary>
    private static IEnumerable<string> SerializedNames(Type type) =>
        NamesOf(type).Concat(type.GetInterfaces().Where(contract => contract.IsPublic).SelectMany(NamesOf));

    private static string[] NamesOf(Type type) =>
        [.. type.GetProperties().Where(property => property.GetIndexParameters() is []).Select(property => property.Name)];

    private TypeData Named(string typeName, Type type, string[] names, params string[] raw)
    {
        TypeData data = new(typeName);
        List<string> listed = [];
        foreach (string name in names)
        {
            bool isTwin = !raw.Contains(name) && HoldsNames(type.GetProperty(name)?.PropertyType);
            listed.Add(isTwin ? Twin(name) : name);
            if (isTwin)
            {
                data.Members.Add(Twin(name), new ScriptPropertyData(Twin(name), Getter(name)) { IsHidden = true });
            }
        }

        data.DefaultDisplayPropertySet = new PropertySetData(listed);
        data.DefaultDisplayProperty = listed.Find(name => name == Twin("Name")) ?? listed.Find(name => name == Twin("ModelName"));
        return data;
    }

    private ScriptBlock Getter(string name)
    {
        if (!_getters.TryGetValue(name, out ScriptBlock? getter))
        {
            // The comma keeps a list of one a list.
            getter = ScriptBlock.Create($", [AkidaQuant.PowerShell.Shown]::Of($this.{name})");
            _getters.Add(name, getter);
        }

        return getter;
    }

    private static string Twin(string name) => name + ' ';

    private static bool HoldsNames(Type? type) =>
        type is not null && (type == typeof(string)
        || typeof(IEnumerable<string>).IsAssignableFrom(type)
        || typeof(System.Collections.IDictionary).IsAssignableFrom(type));
}
