namespace AkidaQuant.Transforms;

/// <summary>A change to the graph of a float model that leaves what the model computes as it is.</summary>
internal interface IRewrite
{
    /// <summary>The model with every place rewritten where that is exact; the same model when there is none.</summary>
    Model Apply(Model model, RewriteLog log);
}
