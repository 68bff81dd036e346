using AotBackprop.Generator.Nodes;

namespace AotBackprop.Generator.Tests.Compiler.MemoryCheck;

/// <summary>What expressions are, and which memory they touch.</summary>
internal sealed partial class KernelWalk
{
    private Value ValueOf(Expression expression)
    {
        switch (expression)
        {
            case Variable variable:
                return Named(variable.Name);
            case Constant constant:
                return (Whole)constant.Value;
            case Complement complement:
                return (Whole)~complement.Value;
            case Number or ZeroVector or LibraryConstant:
                return Value.Any;
            case Address address:
                return ValueOf(address);
            case Load load:
                Touch(load.At, Lanes(load.Count), Use.Read);
                return Value.Any;
            case Broadcast broadcast:
                Touch(broadcast.At, 1, Use.Read);
                return Value.Any;
            case Element element:
                return Touch(element.At, 1, Use.Read).Memory.Contents ?? Value.Any;
            case Listed listed:
                return ValueOf(listed);
            case Binary binary:
                return ValueOf(binary);
            case MultiplyAdd fused:
                ValueOf(fused.A);
                ValueOf(fused.B);
                ValueOf(fused.C);
                return Value.Any;
            case Blend blend:
                ValueOf(blend.Marked);
                ValueOf(blend.Others);
                return Value.Any;
            case Shuffle shuffle:
                return ValueOf(shuffle.Vector);
            case Apply apply:
                return ValueOf(apply);
            case Smaller smaller:
                (Whole a, Whole b) = ((Whole)ValueOf(smaller.Left), (Whole)ValueOf(smaller.Right));
                Bend(a, b);
                return new Whole(Math.Min(a.Least, b.Least), Math.Min(a.Most, b.Most));
            case Unsigned { Value: var value }:
                return ValueOf(value);
            case Narrow { Value: var value }:
                return ValueOf(value);
            case Larger larger:
                ValueOf(larger.Left);
                ValueOf(larger.Right);
                return Value.Any;
            case Compare or And or Not or LeavesWhereGradientIsZero or IsOneSample or OwnTurn:
                return new Flag(IsTrue(expression));
            case Choose choose:
                return ValueOf(IsTrue(choose.Condition) ?? throw Unknown("a choice") ? choose.Then : choose.Else);
            case Reference reference:
                return Named(reference.Name);
            case Construct { Arguments: [var place, var samples] }:
                ValueOf(place);
                long count = N(ValueOf(samples));
                return new BatchMemory(_memory.Plan, count).Workspace(new Situation { N = count });
            case Call call:
                return ValueOf(call);
            default:
                throw new InvalidOperationException($"An expression that is not walked: {expression.GetType().Name}.");
        }
    }

    /// <summary>A variable, a member of one, or a word.</summary>
    private Value Named(string name)
    {
        if (_variables.TryGetValue(name, out Value? value))
        {
            return value;
        }

        int point = name.IndexOf('.', StringComparison.Ordinal);
        string owner = point < 0 ? name : name[..point], member = name[(point + 1)..];
        return (owner, _variables.GetValueOrDefault(owner)) switch
        {
            ("null", _) => Value.Null,
            ("true" or "false", _) => new Flag(name == "true"),
            ("Layout", _) => Layout(member),
            (_, PartValue part) => part.Situation[member],
            (_, WorkspaceValue workspace) => member == "Entries" ? new EntriesValue(workspace) : workspace[member],
            (_, EntriesValue entries) => entries[member],
            (_, TargetsValue targets) => member == "Labels" ? targets.Labels : targets.Values,
            _ => throw Unknown(name),
        };
    }

    private Whole Layout(string name) => name == "Count" ? _memory.Plan.ParameterCount :
        _memory.Plan.Layers.Single(l => name == $"W{l.Number}" || name == $"b{l.Number}") is var layer && name[0] == 'W'
            ? layer.WeightsOffset
            : layer.BiasOffset;

    private Value ValueOf(Address address)
    {
        Value start = Named(address.Base);
        Whole offset = address.Offset;
        foreach (Term term in address.Terms)
        {
            offset += (ValueOf(term.Index) as Whole ?? throw Unknown($"an index of {address.Base}")) * term.Stride;
        }

        Value place = Sum(start, offset);
        return place is Pointer { Memory.Parts: { Count: > 0 } parts, Offset: { IsOne: true } at }
            && address.Terms.Any(IsOfLayout)
            && parts.TryGetValue(at.Least, out Memory? part)
                ? new Pointer(part, 0)
                : place;
    }

    private static bool IsOfLayout(Term term) =>
        term.Index is Variable { Name: var name } && name.StartsWith("Layout.", StringComparison.Ordinal);

    private static Value Sum(Value left, Value right) => (left, right) switch
    {
        (Pointer pointer, Whole elements) => pointer.Plus(elements),
        (Whole a, Whole b) => a + b,
        _ => Value.Any,
    };

    // A list of which the contents are known has to keep to the limit that the node states.
    private Whole ValueOf(Listed listed)
    {
        Memory list = Touch(listed.At, 1, Use.Read).Memory;
        Whole? all = listed.Limit is null ? null : new(0, Math.Max(0, ((Whole)ValueOf(listed.Limit)).Most - 1));
        Whole there = list.Contents ?? all ?? throw Unknown($"an index from {list}");
        return there.Least >= 0 && (all is null || there.Most <= all.Most)
            ? there
            : throw new InvalidOperationException($"{_kernel}: {list} holds {there}, where {all} is wanted.");
    }

    private Value ValueOf(Binary binary)
    {
        (Value left, Value right) = (ValueOf(binary.Left), ValueOf(binary.Right));
        if ((left, right) is not (Whole a, Whole b))
        {
            return Sum(left, binary.Operator == '+' ? right : Value.Any);
        }

        if (binary is not ({ Operator: '+' or '-' } or { Operator: '*', Right: Constant }))
        {
            Bend(a, b);
        }

        return binary.Operator switch
        {
            '+' => a + b,
            '-' => a - b,
            '*' => a * b,
            '/' when b.IsOne => new Whole(a.Least / b.Least, a.Most / b.Least),
            '&' when a.IsOne && b.IsOne => (Whole)(a.Least & b.Least),
            _ => throw new InvalidOperationException($"{_kernel}: {a} {binary.Operator} {b} is not walked."),
        };
    }

    private Value ValueOf(Apply apply)
    {
        foreach (Expression operand in apply.Operands)
        {
            // The one word that reads memory: as many numbers as a vector has lanes.
            if (ValueOf(operand) is Pointer place)
            {
                Assert.Equal(VectorOps.OneWhere, apply.Op);
                See(place, _lanes, Use.Read);
            }
        }

        return Value.Any;
    }

    /// <summary>Whether a condition holds, where that is known.</summary>
    private bool? IsTrue(Expression condition) => condition switch
    {
        Compare compare => Holds(compare.Operator, ValueOf(compare.Left), ValueOf(compare.Right)),
        And and => (IsTrue(and.Left), and.Right) switch
        {
            (false, _) => false,
            (true, var right) => IsTrue(right),
            (null, var right) => IsTrue(right) == false ? false : null,
        },
        Not not => !IsTrue(not.Condition),
        LeavesWhereGradientIsZero => _situation.SkipsZeroGradients,
        IsOneSample one => _situation.Block is null ? IsTrue(Code.Equal(one.Count, 1)) : false,
        OwnTurn turn => _situation.Has(turn),
        _ => (ValueOf(condition) as Flag)?.Holds,
    };

    private bool? Holds(string comparison, Value left, Value right)
    {
        Bend(left, right);
        if ((left, right) is not (Whole a, Whole b))
        {
            bool isPlace = (left is Pointer || left == Value.Null) && (right is Pointer || right == Value.Null);
            return isPlace ? left == right == (comparison == "==") : null;
        }

        bool? isBelow = a.Most < b.Least ? true : a.Least >= b.Most ? false : null;
        bool? isAbove = a.Least > b.Most ? true : a.Most <= b.Least ? false : null;
        return comparison switch
        {
            "<" => isBelow,
            ">=" => !isBelow,
            ">" => isAbove,
            "<=" => !isAbove,
            "==" => a.IsOne && a == b ? true : a.Most < b.Least || a.Least > b.Most ? false : null,
            _ => a.IsOne && a == b ? false : a.Most < b.Least || a.Least > b.Most ? true : null,
        };
    }

    private int Lanes(int count) => count == 0 ? _lanes : count;

    private Touch Touch(Address at, long count, Use use) => ValueOf(at) is Pointer place
        ? See(place, count, use)
        : throw new InvalidOperationException($"{_kernel}: {at.Base} points nowhere.");

    /// <summary>Some elements from a place on are used.</summary>
    private Touch See(Pointer place, long count, Use use)
    {
        Touch touch = new(_kernel, place.Memory, place.Offset.Least, place.Offset.Most + count, use);
        _watch.See(touch);
        return touch;
    }
}
