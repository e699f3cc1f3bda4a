using AkidaQuant.Execution;

namespace AkidaQuant.Akida.Layers;

/// <summary>What the pages about Akida models call a layer's properties (akida-model.md 1.6).</summary>
public static class AkidaStep
{
    /// <summary>The step of an Akida layer in its plan.</summary>
    extension(PlanStep<AkidaLayer> step)
    {
        /// <summary>The dimensions of the first input.</summary>
        public Shape InputDims => step.Taken[0].Shape;

        /// <summary>The bits of the first input; 32 for floats.</summary>
        public int InputBits => (step.Taken[0] as QuantizedSpec)?.Bits ?? 32;

        /// <summary>The dimensions of the output.</summary>
        public Shape OutputDims => step.Prepared.Output.Shape;

        /// <summary>Whether outputs have a sign, as floats do.</summary>
        public bool OutputSigned => (step.Prepared.Output as QuantizedSpec)?.IsSigned ?? true;
    }
}
