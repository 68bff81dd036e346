using AotBackprop.Generator.Model;
using AotBackprop.Generator.Nodes;

namespace AotBackprop.Generator.Passes;

/// <summary>
/// A vector that has been stored, and is loaded again behind it, as a whole or an entry for every lane, is taken from
/// its register: a load would wait for the store. It is stored nevertheless, for other kernels.
/// </summary>
/// <remarks>
/// Looked at are stores that a kernel makes in no loop; those on a condition, up to its end. Two pointers that a
/// kernel declares from different names are taken for memory of its own each; a call may write any.
/// </remarks>
internal static class StoreForwarding
{
    /// <param name="kernel">The kernel.</param>
    /// <param name="lanes">Floats of a vector.</param>
    /// <param name="most">Vectors of a matrix up to which they are kept; more would go through memory anyway.</param>
    public static Kernel Apply(Kernel kernel, int lanes, int most)
    {
        if (!Stores(kernel.Body))
        {
            return kernel;
        }

        SortedSet<string> moved = new(Moved(kernel.Body), StringComparer.Ordinal);

        // At first to see which of the stored vectors are loaded again; only these get a name.
        Walk all = new(moved, lanes, _ => true);
        all.Of(kernel.Body);
        SortedSet<string> kept = new(
            all.Loaded.GroupBy(vector => vector.Memory).Where(those => those.Count() <= most)
                .SelectMany(those => those.Select(vector => vector.Name)),
            StringComparer.Ordinal);
        return kept.Count == 0
            ? kernel
            : kernel with { Body = new Walk(moved, lanes, kept.Contains).Of(kernel.Body) };
    }

    private static bool Stores(IEnumerable<Statement> body) => body.Any(statement => statement switch
    {
        Store => true,
        Together line => Stores(line.Body),
        Scope scope => Stores(scope.Body),
        _ => false,
    });

    // Pointers that do not stay where they begin.
    private static IEnumerable<string> Moved(IEnumerable<Statement> body) =>
        Statement.AllIn(body).SelectMany(statement => statement switch
        {
            Add added => [added.Target],
            Assign { Target: Variable variable } => [variable.Name],
            Together line => Moved(line.Body),
            _ => Array.Empty<string>(),
        });

    private sealed class Walk(SortedSet<string> moved, int lanes, Func<string, bool> isKept)
    {
        // The vectors that are in registers, and the pointers whose place is known.
        private readonly List<(Address At, string Name)> _stored = [];
        private readonly List<Named> _hoisted = [];
        private readonly SortedSet<string> _named = new(StringComparer.Ordinal);
        private SortedDictionary<string, Address> _pointers = new(StringComparer.Ordinal);
        private int _scopes;

        public List<(string Memory, string Name)> Loaded { get; } = [];

        public EquatableArray<Statement> Of(IEnumerable<Statement> body)
        {
            List<Statement> made = [];
            foreach (Statement statement in body)
            {
                IEnumerable<Statement> those = Of(statement);
                if (_scopes == 0 && _hoisted.Count > 0)
                {
                    made.Add(new Declare(DataType.Vector, new(_hoisted)));
                    _hoisted.Clear();
                }

                made.AddRange(those);
            }

            return new(made);
        }

        private IEnumerable<Statement> Of(Statement statement)
        {
            switch (statement)
            {
                case Declare declared:
                    return [declared with { Variables = new(declared.Variables.Select(Declared)) }];
                case Assign { Target: Element element } assigned:
                    Forget(element.At.Base);
                    return [assigned with { Value = Read(assigned.Value) }];
                case Assign assigned:
                    return [assigned with { Value = Read(assigned.Value) }];
                case Add added:
                    return [added with { Value = Read(added.Value) }];
                case Store stored:
                    return Stored(stored with { Value = Read(stored.Value) });
                case Update updated:
                    updated = updated with { Gradient = Read(updated.Gradient) };
                    Forget(updated.At.Base);
                    return [updated];
                case Together line:
                    return [line with { Body = new(line.Body.SelectMany(Of)) }];
                case Scope scope:
                    return [InScope(scope)];
                case Return returned:
                    return [returned with { Value = returned.Value is { } value ? Read(value) : null }];
                case Note or BlankLine:
                case If { Condition: Not { Condition: Nodes.Apply } } choice when !Writes(choice):
                    return [statement];
                case If { Condition: Variable, Else.Count: 0 } choice:
                    If made = choice with { Then = InScope(new Scope(choice.Then)).Body };
                    _stored.Clear();
                    return [made];
                default:
                    // What a loop, a choice or a call writes is not followed.
                    _stored.Clear();
                    return [statement];
            }
        }

        private Scope InScope(Scope scope)
        {
            SortedDictionary<string, Address> outside = new(_pointers, StringComparer.Ordinal);
            _scopes++;
            Scope made = new(Of(scope.Body));
            _scopes--;
            _pointers = outside;
            return made;
        }

        private Named Declared(Named variable)
        {
            _pointers.Remove(variable.Name);
            if (variable.Value is Address address && !moved.Contains(variable.Name))
            {
                _pointers[variable.Name] = Place(address);
                return variable;
            }

            return variable with { Value = variable.Value is { } value ? Read(value) : null };
        }

        private IEnumerable<Statement> Stored(Store store)
        {
            Address at = Place(store.At);
            if (store.Count != 0 || at.Terms.Count != 0 || moved.Contains(at.Base))
            {
                Forget(store.At.Base);
                return [store];
            }

            // It takes the place of what shares a float with it.
            _stored.RemoveAll(other =>
                other.At.Base == at.Base && Math.Abs(other.At.Offset - at.Offset) < lanes);
            string name = $"{at.Base.Split('.').Last()}_{at.Offset}";
            _stored.Add((at, name));
            if (!isKept(name))
            {
                return [store];
            }

            Store named = store with { Value = name };
            if (!_named.Add(name))
            {
                return [new Assign(name, store.Value), named];
            }

            if (_scopes == 0)
            {
                return [new Declare(DataType.Vector, name, store.Value), named];
            }

            _hoisted.Add(new Named(name));
            return [new Assign(name, store.Value), named];
        }

        /// <summary>An expression, in which loads of what is in a register are replaced by it.</summary>
        private Expression Read(Expression expression)
        {
            switch (expression)
            {
                case Load { Count: 0 } load:
                    Address at = Place(load.At);
                    return Kept(stored => stored == at) is { } whole ? whole.Name : load;
                case Broadcast broadcast:
                    Address entry = Place(broadcast.At);
                    return entry.Terms.Count == 0
                        && Kept(stored => stored.Base == entry.Base && IsWithin(entry, stored)) is { } vector
                        ? new Shuffle(
                            vector.Name, new(Enumerable.Repeat((int)(entry.Offset - vector.At.Offset), lanes)))
                        : broadcast;
                case Binary binary:
                    return binary with { Left = Read(binary.Left), Right = Read(binary.Right) };
                case MultiplyAdd fused:
                    return new MultiplyAdd(Read(fused.A), Read(fused.B), Read(fused.C));
                case Apply apply:
                    return apply with { Operands = new(apply.Operands.Select(Read)) };
                case Shuffle shuffle:
                    return shuffle with { Vector = Read(shuffle.Vector) };
                case Blend blend:
                    return blend with { Marked = Read(blend.Marked), Others = Read(blend.Others) };
                case Call { Method.Class: "" }:
                    _stored.Clear();
                    return expression;
                default:
                    return expression;
            }
        }

        private bool IsWithin(Address entry, Address vector) =>
            entry.Offset >= vector.Offset && entry.Offset < vector.Offset + lanes;

        // The stored vector at a place, if a register keeps it.
        private (Address At, string Name)? Kept(Func<Address, bool> isAt)
        {
            (Address At, string Name) found = _stored.Find(stored => isAt(stored.At));
            if (found.Name is null || !isKept(found.Name))
            {
                return null;
            }

            if (!Loaded.Contains((found.At.Base, found.Name)))
            {
                Loaded.Add((found.At.Base, found.Name));
            }

            return found;
        }

        /// <summary>Where an address is, by the name that the first of its pointers has from outside.</summary>
        private Address Place(Address address) => _pointers.TryGetValue(address.Base, out Address known)
            ? known with { Terms = [.. known.Terms, .. address.Terms], Offset = known.Offset + address.Offset }
            : address;

        private void Forget(string pointer)
        {
            // A pointer that has moved may be anywhere.
            string memory = Place(new Address(pointer)).Base;
            _stored.RemoveAll(stored => stored.At.Base == memory || moved.Contains(memory));
        }

        // A choice that does no more than to leave the kernel writes nothing.
        private static bool Writes(If choice) => Statement.AllIn([.. choice.Then, .. choice.Else]).Any(
            statement => statement is not (Return or Assign { Target: Variable }));
    }
}
