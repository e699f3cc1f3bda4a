namespace AkidaQuant.PowerShell.Arguments;

/// <summary>What parameters take, in words that end errors.</summary>
internal static class Kinds
{
    public const string Whole = "a whole number, such as 16";

    public const string Wholes = "whole numbers, such as 1, 5";

    public const string Number = "a number, such as 0.5";

    public const string Numbers = "numbers, such as 0.5 or 0.5, 0.25";

    public const string Seed = "a whole number that is not negative, such as 1";

    public const string Type = "the name of an integer type";

    public const string Layer = "the name of a layer";

    public const string Layers = "names of layers";

    public const string Name = "a name";

    public const string Devices = "names of devices, such as AKD1000";

    public const string SampleType = "the name of a type, such as uint8 or float32";

    public const string Column = "the name of an array or a column";

    public const string Choice = "one of its values; press Tab to see them";

    public const string Array = "an array of numbers";

    public const string Character = "one character, such as ';' or \"`t\"";

    public const string Scheme = "a scheme that New-QuantParameter makes";
}
