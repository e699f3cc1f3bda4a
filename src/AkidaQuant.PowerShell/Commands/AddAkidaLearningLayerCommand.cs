using AkidaQuant.Akida.Layers;
using AkidaQuant.Akida.Learning;
using AkidaQuant.PowerShell.Arguments;

namespace AkidaQuant.PowerShell.Commands;

/// <summary>Puts a layer that learns behind an Akida 1.0 model whose last layer gives 1 bit.</summary>
[Cmdlet(VerbsCommon.Add, "AkidaLearningLayer", HelpUri = OnlineHelp.Pages + "Add-AkidaLearningLayer.md")]
[OutputType(typeof(AkidaModel))]
public sealed class AddAkidaLearningLayerCommand : AkidaModelCmdlet
{
    private SampleSet? _samples;

    /// <summary>The connections of each neuron; what the samples advise unless given.</summary>
    [Parameter]
    [Takes(typeof(int), Kinds.Whole)]
    [ValidateRange(1, int.MaxValue)]
    public int? NumWeights { get; set; }

    /// <summary>Samples of what is to be learned, or the path of their file, to find the number of connections with.</summary>
    [Parameter]
    [Alias("Samples")]
    [Accepts<SampleSetOrPath>]
    public SampleSetOrPath? Sample { get; set; }

    /// <summary>The number of classes; with 1 the layer learns without labels.</summary>
    [Parameter]
    [Takes(typeof(int), Kinds.Whole)]
    [ValidateRange(1, int.MaxValue)]
    public int NumClasses { get; set; } = 1;

    /// <summary>The neurons that each class has.</summary>
    [Parameter]
    [Takes(typeof(int), Kinds.Whole)]
    [ValidateRange(1, int.MaxValue)]
    public int NeuronsPerClass { get; set; } = 1;

    /// <summary>The share of the connections without a use that a neuron changes at its first step, from 0 to 1.</summary>
    [Parameter]
    [Takes(typeof(double), Kinds.Number)]
    [ValidateRange(0.0, 1.0)]
    public double InitialPlasticity { get; set; } = 1;

    /// <summary>How much a neuron that knows a sample holds back others, from 0 to 1.</summary>
    [Parameter]
    [Takes(typeof(double), Kinds.Number)]
    [ValidateRange(0.0, 1.0)]
    public double LearningCompetition { get; set; }

    /// <summary>What plasticity never falls below, from 0 to 1.</summary>
    [Parameter]
    [Takes(typeof(double), Kinds.Number)]
    [ValidateRange(0.0, 1.0)]
    public double MinPlasticity { get; set; } = 0.1;

    /// <summary>What plasticity falls by at each step, as a share of that at the first, from 0 to 1.</summary>
    [Parameter]
    [Takes(typeof(double), Kinds.Number)]
    [ValidateRange(0.0, 1.0)]
    public double PlasticityDecay { get; set; } = 0.25;

    /// <summary>The name of the layer.</summary>
    [Parameter]
    [Takes(typeof(string), Kinds.Name)]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "learning";

    /// <summary>The seed of the weights that the neurons begin with.</summary>
    [Parameter]
    [Takes(typeof(ulong), Kinds.Seed)]
    public ulong Seed { get; set; }

    /// <inheritdoc/>
    protected override void Begin()
    {
        base.Begin();
        _samples = new ArgumentReader(this).ReadSamples(nameof(Sample), Sample);
        if (NumWeights is null && _samples is null)
        {
            throw new QuantException(
                "AkidaLearningNumWeightsMissing",
                QuantErrorKind.InvalidArgument,
                "The number of connections of a neuron is not known. Give -Sample, from which it follows, or -NumWeights.",
                nameof(NumWeights));
        }
    }

    /// <inheritdoc/>
    protected override void Process() => WriteObject(Compute(channel => EdgeLearning.AddLayer(
        Network,
        Name,
        NeuronsPerClass,
        new AkidaLearning
        {
            NumWeights = NumWeights ?? EdgeLearning.AdvisedWeights(Network, _samples!, cancellation: channel.Cancellation),
            NumClasses = NumClasses,
            InitialPlasticity = (float)InitialPlasticity,
            LearningCompetition = (float)LearningCompetition,
            MinPlasticity = (float)MinPlasticity,
            PlasticityDecay = (float)PlasticityDecay,
        },
        Seed)));
}
