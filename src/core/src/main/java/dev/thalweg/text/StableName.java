package dev.thalweg.text;

/**
 * What files and messages call an object: the same in every process. A function alone has no such name, as the class of
 * a lambda expression is called after nothing that stays.
 */
public final class StableName {
    /** What stands in the place of a name that is not there. */
    public static final String NAMELESS = "a function without a name";

    private StableName() {}

    /**
     * {@return what an object says of itself, as a record does of its settings; its class where it says nothing; of a
     * function without a name that it is one}
     *
     * @param object which
     */
    public static String of(Object object) {
        Class<?> type = object.getClass();
        String text = object.toString();
        if (!text.startsWith(type.getName() + "@")) {
            return text;
        }
        // Lambda expressions have hidden classes, named after the class they stand in with something random behind.
        return type.isHidden() ? NAMELESS + ", of " + type.getName().replaceFirst("[$][$].*", "") : type.getName();
    }

    /**
     * {@return whether a name says that there is none}
     *
     * @param name of whatever, or of several things
     */
    public static boolean isMissing(String name) {
        return name.contains(NAMELESS);
    }

    /**
     * Looks whether a name is given.
     *
     * @param what has it, for the message
     * @param name by which checkpoints are to know it
     * @return the same
     * @throws IllegalArgumentException if it is blank
     */
    public static String given(String what, String name) {
        if (name.isBlank()) {
            throw new IllegalArgumentException(
                    what + " needs a name, by which checkpoints know it, got \"" + name + "\"");
        }
        return name;
    }
}
