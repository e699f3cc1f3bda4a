namespace AkidaQuant.Formats.Objects;

/// <summary>What a value begins with. The numbers are part of the form.</summary>
internal enum ObjectTag : byte
{
    Null = 0,
    Boolean = 1,
    Int32 = 2,
    Int64 = 3,
    Single = 4,
    Double = 5,
    Text = 6,
    Enumeration = 7,
    Numbers = 8,
    List = 9,
    Map = 10,
    Settings = 11,
    Tensor = 12,
    SameTensor = 13,
    Shape = 14,
    Scalar = 15,
    Vector = 16,
    Tuple = 17,
    Variables = 18,
    Record = 19,
    Model = 20,
    AkidaModel = 21,
    Samples = 22,
}
