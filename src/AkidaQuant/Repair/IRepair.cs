namespace AkidaQuant.Repair;

/// <summary>
/// A change to the graph of a float network that leaves what the network computes as it is and mends what keeps it from
/// becoming an Akida model.
/// </summary>
internal interface IRepair
{
    /// <summary>
    /// The network with every place changed where a rule that this repair is for is broken and the change is exact; the same network
    /// when there is none.
    /// </summary>
    /// <param name="model">The rewritten float network, whose layers are those that problems name.</param>
    /// <param name="context">What is broken, and who is told of changes.</param>
    Model Apply(Model model, RepairContext context);
}
