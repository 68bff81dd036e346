using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using AotBackprop.Runtime;

namespace AotBackprop.Native;

/// <summary>The functions of a library as a whole in the shapes of C. Texts end in 0 and live as long as the library.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class NativeLibraryFunctions
{
    // Floats that a first cache holds.
    private const nuint SearchedTogether = 4096;

    /// <summary>The version of this product.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static byte* Version() => Text("0.1.0\0"u8);

    /// <summary>The instruction-set level for which the library was compiled.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static byte* InstructionSetLevel()
    {
        if (RuntimeInformation.ProcessArchitecture == Architecture.Arm64)
        {
            return Text("arm64\0"u8);
        }

        return Vector512.IsHardwareAccelerated ? Text("x86-64-v4\0"u8)
            : Vector256.IsHardwareAccelerated ? Text("x86-64-v3\0"u8)
            : Text("x86-64-v2\0"u8);
    }

    /// <summary>Whether options can be used.</summary>
    /// <param name="options">The caller's.</param>
    /// <param name="came">Receives the number that is wrong.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int ValidateOptions(NativeOptions* options, out double came) => (int)NativeOptions.Validate(options, out _, out came);

    /// <summary>Writes a status's sentence, followed by the number that the status is about, if there is one.</summary>
    /// <param name="status">Of options.</param>
    /// <param name="sentence">Its sentence.</param>
    /// <param name="came">The number.</param>
    /// <param name="buffer">Receives as much of the text as it can hold, ended by a 0. May be null.</param>
    /// <param name="size">Its bytes.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int Describe(int status, byte* sentence, double came, byte* buffer, nuint size)
    {
        TextBuffer text = new(buffer, size);
        text.Add(sentence);
        if ((NetworkStatus)status is not (NetworkStatus.Ok or NetworkStatus.NullPointer or NetworkStatus.UnknownOption))
        {
            text.Add(Text("; it is \0"u8));
            if ((NetworkStatus)status is NetworkStatus.InvalidOptions or NetworkStatus.UnknownOptimizer)
            {
                text.AddWhole(came);
            }
            else
            {
                text.Add(came);
            }
        }

        return status;
    }

    /// <summary>The index of the first number that is infinite or NaN; their count where there is none.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static nuint FirstNotFinite(float* numbers, nuint count)
    {
        if (numbers == null)
        {
            return 0;
        }

        // Blocks are searched as a whole, and number by number where one has it.
        nuint first = 0;
        for (nuint N = 0; first < count; first += N)
        {
            N = Math.Min(count - first, SearchedTogether);
            if (!float.IsFinite(Scan.Largest(numbers + first, N)))
            {
                break;
            }
        }

        while (first < count && float.IsFinite(numbers[first]))
        {
            first++;
        }

        return first;
    }

    /// <summary>A constant text as C sees it: part of the library's constant data, which does not move.</summary>
    public static byte* Text(ReadOnlySpan<byte> text) => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(text));
}
