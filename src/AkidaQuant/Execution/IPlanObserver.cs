namespace AkidaQuant.Execution;

/// <summary>Looks at what the steps of a plan give while samples run.</summary>
public interface IPlanObserver
{
    /// <summary>The plan whose steps it looks at.</summary>
    ExecutionPlan Plan { get; }

    /// <summary>The steps that it needs to see, none of them a view; it sees the model's input anyway.</summary>
    IReadOnlyList<int> Steps { get; }

    /// <summary>Sees what a step gave, as soon as it is there; several threads may call it.</summary>
    /// <param name="step">The position of the step, any of the plan, or <see cref="ExecutionPlan.ModelInput"/>.</param>
    /// <param name="data">What it gave.</param>
    /// <param name="batch">The number of samples.</param>
    void Observe(int step, TensorData data, int batch);
}
