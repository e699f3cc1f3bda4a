using AkidaQuant.PowerShell.Arguments;

namespace AkidaQuant.PowerShell;

/// <summary>Runs Akida models over samples and chooses a class for each.</summary>
public abstract class AkidaClassCmdlet : AkidaRunCmdlet
{
    /// <summary>
    /// The number of classes, to which neurons are shared out in groups of equal size; as the last layer learned, else one a neuron.
    /// </summary>
    [Parameter]
    [Takes(typeof(int), Kinds.Whole)]
    [ValidateRange(1, int.MaxValue)]
    public int? ClassCount { get; set; }

    /// <summary>The least score that makes a class; any unless given.</summary>
    [Parameter]
    [Takes(typeof(double), Kinds.Number)]
    public double? Threshold { get; set; }

    /// <summary>How a class is chosen, by what was given and what the model learned.</summary>
    protected ClassChoice Choice => new() { ClassCount = ClassCount ?? Network.ClassCount, Threshold = Threshold };
}
