using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

// Arguments: the assembly with the emitted code. Output: the vector width in bits, whose kernels have been compiled;
// the environment decides where the compiler writes their machine code.
int width = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;
const BindingFlags Declared = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

Type[] types = Assembly.LoadFrom(Path.GetFullPath(args[0])).GetTypes();
Type[] updates = [.. types.Where(type => type.IsValueType && type.GetInterface("AotBackprop.Runtime.IUpdate") is not null)];
IEnumerable<MethodInfo> kernels = types
    .Where(type => type.Name == $"Vector{width}Kernels")
    .SelectMany(type => type.GetMethods(Declared))
    .Where(method => method.MethodImplementationFlags.HasFlag(MethodImplAttributes.AggressiveOptimization));
foreach (MethodInfo kernel in kernels)
{
    if (!kernel.IsGenericMethodDefinition)
    {
        RuntimeHelpers.PrepareMethod(kernel.MethodHandle);
        continue;
    }

    foreach (Type update in updates)
    {
        RuntimeHelpers.PrepareMethod(kernel.MethodHandle, [update.TypeHandle]);
    }
}

Console.WriteLine(width);
