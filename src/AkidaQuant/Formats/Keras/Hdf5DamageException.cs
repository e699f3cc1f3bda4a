namespace AkidaQuant.Formats.Keras;

/// <summary>Something in the bytes of an HDF5 file that no whole Keras file holds.</summary>
internal sealed class Hdf5DamageException(string problem) : Exception(problem);
