using AkidaQuant.PowerShell.Arguments;

namespace AkidaQuant.PowerShell;

/// <summary>Takes Akida models, from the pipeline or as an argument.</summary>
public abstract class AkidaModelCmdlet : QuantCmdlet
{
    /// <summary>The Akida model, or the path of its file.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [Accepts<AkidaModelArgument>]
    public virtual AkidaModelArgument Model { get; set; } = null!;

    /// <summary>The Akida model that was given.</summary>
    protected AkidaModel Network { get; private protected set; } = null!;

    /// <inheritdoc/>
    /// <remarks>What is typed is wrong for the whole command, what is piped for one object.</remarks>
    protected override void Begin()
    {
        if (!MyInvocation.ExpectingInput)
        {
            Read();
        }
    }

    /// <inheritdoc/>
    protected sealed override void Receive()
    {
        if (MyInvocation.ExpectingInput)
        {
            Read();
        }
    }

    /// <summary>Reads what was given as the model.</summary>
    /// <exception cref="QuantException">It is no model that the cmdlet takes.</exception>
    protected virtual void Read() => Network = new ArgumentReader(this).ReadAkidaModel(nameof(Model), Model);
}
