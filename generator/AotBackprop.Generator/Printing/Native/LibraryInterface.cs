using AotBackprop.Generator.Model;

namespace AotBackprop.Generator.Printing.Native;

/// <summary>The C functions of a library as a whole.</summary>
internal static class LibraryInterface
{
    // Bytes, its 0 among them: the longest sentence with the longest number is below.
    public const int LongestDescription = 128;

    public static IReadOnlyList<CFunction> Of(LibrarySpec spec)
    {
        string name = spec.Name, upper = name.ToUpperInvariant();
        return
        [
            Function("version", CType.Text, [], "NativeLibraryFunctions.Version()", """
                The version of the library: a constant text, never freed.
                """),
            Function("abi_version", CType.Int32, [], "NativeAbi.Version", $"""
                The version of the C interface that the library has; the headers are of {upper}_ABI_VERSION. They fit
                where the two are equal.
                """),
            Function("instruction_set_level", CType.Text, [], "NativeLibraryFunctions.InstructionSetLevel()", """
                The processors that the library was compiled for: "x86-64-v2", "x86-64-v3", "x86-64-v4" or "arm64".
                A constant text, never freed.
                """),
            Function("status_message", CType.Text, [new(CType.Int32, "status")], "MessageOf(status)", """
                A status in a sentence, for any number: a constant text, never freed.
                """),
            Function(
                "describe_options",
                CType.Status,
                [new(CType.Options(name), "options"), new(CType.Buffer, "buffer"), new(CType.Size, "size")],
                "Describe(options, buffer, size)",
                $"""
                Whether a step may have these options: returns the status that it would return of them. buffer, of size
                bytes, receives the status's sentence with the value that is wrong, cut to what it holds and ended by a
                0; {LongestDescription} bytes hold any. It may be null, with any size. optimizer_state is not looked at.
                """),
            Function(
                "first_not_finite",
                CType.Size,
                [new(CType.ConstFloats, "numbers"), new(CType.Size, "count")],
                "NativeLibraryFunctions.FirstNotFinite(numbers, count)",
                """
                The index of the first of count floats that is infinite or not a number; count where all are
                finite. What the functions of a network refuse as INPUT_NOT_FINITE can be found by it.
                """),
            Function("self_test", CType.Status, [], "TestNetworks()", $"""
                Whether the processor rounds as it should, and a gradient of each network agrees with the differences of
                its loss. Takes memory from malloc while it runs.
                Statuses: {upper}_OK, {upper}_FLOATING_POINT_ENVIRONMENT, {upper}_SELF_TEST_FAILED,
                {upper}_OUT_OF_MEMORY.
                """),
        ];

        CFunction Function(string function, CType returns, CParameter[] parameters, string call, string words) =>
            new(name, function, returns, parameters) { Call = call, Documentation = words };
    }
}
