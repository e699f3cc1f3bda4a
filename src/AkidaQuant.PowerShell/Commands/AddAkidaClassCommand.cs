using AkidaQuant.Akida.Learning;
using AkidaQuant.PowerShell.Arguments;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Adds classes to the layer of an Akida 1.0 model that learns; it keeps what it has learned of the others.</summary>
[Cmdlet(VerbsCommon.Add, "AkidaClass", DefaultParameterSetName = ArgumentSet, HelpUri = OnlineHelp.Pages + "Add-AkidaClass.md")]
[OutputType(typeof(AkidaModel))]
public sealed class AddAkidaClassCommand : AkidaModelFirstCmdlet
{
    /// <summary>The number of classes to add.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = ArgumentSet)]
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PipelineSet)]
    [Takes(typeof(int), Kinds.Whole)]
    [ValidateRange(1, int.MaxValue)]
    public int Count
    {
        get;
        set => field = Once(nameof(Count), value);
    }

    /// <summary>The seed of the weights of their neurons.</summary>
    [Parameter]
    [Takes(typeof(ulong), Kinds.Seed)]
    public ulong Seed { get; set; }

    /// <inheritdoc/>
    protected override void Process() => WriteObject(Compute(_ => EdgeLearning.AddClasses(Network, Count, Seed)));
}
