namespace AotBackprop.Native;

/// <summary>A caller's buffer for a text: what does not fit is left out, and a 0 always follows what is there.</summary>
/// <param name="buffer">The buffer, or null.</param>
/// <param name="size">Its bytes.</param>
internal unsafe ref struct TextBuffer(byte* buffer, nuint size)
{
    // Nine digits tell every float from the others.
    private const int MostDigits = 9;

    // Of a number that is no float: a product or a quotient of floats.
    private const int DigitsOfOthers = 6;

    private readonly byte* _buffer = buffer;
    private readonly nuint _size = buffer == null ? 0 : size;
    private nuint _length;

    /// <summary>Adds a text that ends in 0.</summary>
    public void Add(byte* text)
    {
        for (; *text != 0; text++)
        {
            Add(*text);
        }

        End();
    }

    /// <summary>Adds a whole number with all of its digits.</summary>
    public void AddWhole(double number)
    {
        if (number < 0)
        {
            Add((byte)'-');
        }

        ulong digits = (ulong)Math.Abs(number);
        int count = 1;
        while (Shift(digits, count) > 0)
        {
            count++;
        }

        AddDecimal(digits, count, count);
        End();
    }

    /// <summary>Adds a number with as few digits as tell its float from others: 0.1, -3, 1.5e+12, nan, inf.</summary>
    public void Add(double number)
    {
        if (double.IsNaN(number))
        {
            Add(NativeLibraryFunctions.Text("nan\0"u8));
            return;
        }

        if (number < 0)
        {
            Add((byte)'-');
        }

        number = Math.Abs(number);
        if (double.IsInfinity(number))
        {
            Add(NativeLibraryFunctions.Text("inf\0"u8));
        }
        else if (number == 0)
        {
            Add((byte)'0');
        }
        else
        {
            AddDigits(number);
        }

        End();
    }

    /// <summary>10ᵉ.</summary>
    private static double PowerOfTen(int e)
    {
        double power = 1;
        for (; e > 0; e--)
        {
            power *= 10;
        }

        return power;
    }

    /// <summary>x · 10ᵉ.</summary>
    private static double Scale(double x, int e) => e < 0 ? x / PowerOfTen(-e) : x * PowerOfTen(e);

    /// <summary>The exponent e of a number x · 10ᵉ with 1 ≤ x &lt; 10.</summary>
    private static int ExponentOf(double number)
    {
        int exponent = 0;
        while (Scale(number, -exponent) >= 10)
        {
            exponent++;
        }

        while (Scale(number, -exponent) < 1)
        {
            exponent--;
        }

        return exponent;
    }

    private void AddDigits(double number)
    {
        int exponent = ExponentOf(number);
        bool isFloat = (float)number == number;
        int count = isFloat ? 1 : DigitsOfOthers;
        ulong digits = Digits(number, exponent, count);
        while (isFloat && count < MostDigits && (float)Scale(digits, exponent - count + 1) != (float)number)
        {
            count++;
            digits = Digits(number, exponent, count);
        }

        // 9.9999 of two digits is 10, one digit more.
        if (digits >= PowerOfTen(count))
        {
            digits /= 10;
            exponent++;
        }

        while (count > 1 && digits % 10 == 0)
        {
            digits /= 10;
            count--;
        }

        if (exponent is < -5 or >= MostDigits)
        {
            AddDecimal(digits, count, 1);
            Add((byte)'e');
            Add((byte)(exponent < 0 ? '-' : '+'));
            AddDecimal((ulong)(exponent < 0 ? -exponent : exponent), 2, 2);
        }
        else
        {
            AddDecimal(digits, count, exponent + 1);
        }
    }

    /// <summary>The first digits of a number with that exponent, rounded, as a whole number.</summary>
    private static ulong Digits(double number, int exponent, int count) => (ulong)(Scale(number, count - 1 - exponent) + 0.5);

    /// <summary>Writes a number with its decimal point after some of the digits; 0 or less puts zeros before them.</summary>
    private void AddDecimal(ulong digits, int count, int before)
    {
        int last = before - count;
        for (int place = Math.Max(before - 1, 0); place >= Math.Min(last, 0); place--)
        {
            if (place == -1)
            {
                Add((byte)'.');
            }

            Add((byte)('0' + (place < last ? 0 : Shift(digits, place - last) % 10)));
        }
    }

    /// <summary>A number without some of its last digits.</summary>
    private static ulong Shift(ulong number, int digits)
    {
        for (; digits > 0; digits--)
        {
            number /= 10;
        }

        return number;
    }

    private void Add(byte character)
    {
        if (_length + 1 < _size)
        {
            _buffer[_length++] = character;
        }
    }

    private readonly void End()
    {
        if (_size > 0)
        {
            _buffer[_length] = 0;
        }
    }
}
