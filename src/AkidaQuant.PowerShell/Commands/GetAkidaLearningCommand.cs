using AkidaQuant.Akida.Learning;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Says how far the neurons of the layer of an Akida 1.0 model that learns have learned.</summary>
[Cmdlet(VerbsCommon.Get, "AkidaLearning", HelpUri = OnlineHelp.Pages + "Get-AkidaLearning.md")]
[OutputType(typeof(LearningShare), typeof(LearnedNeuron))]
public sealed class GetAkidaLearningCommand : AkidaModelCmdlet
{
    /// <summary>Gives a row a neuron instead of the number of neurons that have learned equally far.</summary>
    [Parameter]
    public SwitchParameter Neuron { get; set; }

    /// <inheritdoc/>
    protected override void Process() => WriteObject(
        Compute<IReadOnlyList<object>>(_ => Neuron ? EdgeLearning.Neurons(Network) : EdgeLearning.Histogram(Network)),
        enumerateCollection: true);
}
