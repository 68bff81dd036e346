namespace AotBackprop.Generator.Printing;

/// <summary>A file of generated code.</summary>
/// <param name="HintName">Its name, which no other has, letter case not counted.</param>
/// <param name="Text">What it holds.</param>
internal sealed record EmittedFile(string HintName, string Text);
