namespace AkidaQuant.Formats.Keras;

/// <summary>An HDF5 file that is whole, but holds weights in a form that is not read; the message says what to do.</summary>
internal sealed class Hdf5UnsupportedException(string message) : Exception(message);
