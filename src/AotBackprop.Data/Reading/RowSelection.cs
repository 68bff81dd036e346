namespace AotBackprop.Data;

/// <summary>The rows of a part, of those of a whole: a byte for each row of the whole, which both parts share.</summary>
/// <param name="heldOut">Whether each row is held out.</param>
/// <param name="isHeldOut">Which part this is.</param>
/// <param name="whole">What rows the whole has; null where it has all.</param>
internal sealed class RowSelection(bool[] heldOut, bool isHeldOut, RowSelection? whole)
{
    /// <summary>The row of the table. Only messages ask, so that it may take a while.</summary>
    public int this[int row]
    {
        get
        {
            int at = -1;
            for (int left = row; left >= 0; left--)
            {
                at = Array.IndexOf(heldOut, isHeldOut, at + 1);
            }

            return whole is null ? at : whole[at];
        }
    }
}
