package dev.thalweg.text;

/** A number of things, in words: "1 picture", "2 pictures", "3 classes". */
public final class Counted {
    private Counted() {}

    /**
     * {@return a number and the word for what it counts, which is plural unless the number is 1}
     *
     * @param count how many
     * @param thing one of them; its plural ends in s, or in es where the word itself ends in s
     */
    public static String of(long count, String thing) {
        return count + " " + things(count, thing);
    }

    /**
     * {@return the word for what is counted, plural unless there is one}
     *
     * @param count how many
     * @param thing one of them, as in {@link #of}
     */
    public static String things(long count, String thing) {
        return count == 1 ? thing : thing + (thing.endsWith("s") ? "es" : "s");
    }
}
