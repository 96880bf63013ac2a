package dev.thalweg.text;

/** A place counted from 0. */
public final class Index {
    private Index() {}

    /**
     * {@return an index that is in range}
     *
     * @param what is counted, for the message: "picture"
     * @param index from 0
     * @param count how many there are
     * @throws IndexOutOfBoundsException if there is none such
     */
    public static int checked(String what, int index, int count) {
        if (index < 0 || index >= count) {
            throw new IndexOutOfBoundsException(
                    "expected " + what + " 0 to " + (count - 1) + " of " + count + ", got " + index);
        }
        return index;
    }
}
