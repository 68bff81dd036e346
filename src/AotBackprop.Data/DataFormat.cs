namespace AotBackprop.Data;

/// <summary>A format that samples are kept in.</summary>
public enum DataFormat
{
    /// <summary>Lines of values between delimiters.</summary>
    Csv = 0,

    /// <summary>MNIST's: a block of numbers behind its dimensions.</summary>
    Idx = 1,

    /// <summary>NumPy's: an array.</summary>
    Npy = 2,

    /// <summary>NumPy's: several arrays in a zip archive.</summary>
    Npz = 3,

    /// <summary>A JSON object or list in each line.</summary>
    JsonLines = 4,
}
