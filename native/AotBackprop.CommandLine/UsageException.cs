namespace AotBackprop.CommandLine;

/// <summary>Arguments that are understood one by one, and not together.</summary>
internal sealed class UsageException(string message, Exception? inner = null) : Exception(message, inner);
