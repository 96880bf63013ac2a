package dev.thalweg.text;

import java.util.Collection;

/** Text from strangers, names and file contents, on its way into a message or onto a terminal. */
public final class PrintableText {
    /** Stands for what is not shown: Unicode's replacement character. */
    private static final int REPLACEMENT = 0xFFFD;

    private static final int EXCERPT_LENGTH = 200;
    private static final int LIST_LENGTH = 1000;

    private PrintableText() {}

    /**
     * {@return whether a terminal shows all of a text: nothing in it steers the terminal or the direction of writing}
     *
     * @param text in any script
     */
    public static boolean isPrintable(String text) {
        return text.codePoints().noneMatch(PrintableText::steers);
    }

    /**
     * {@return a text without what would steer a terminal: control characters, line and paragraph separators, marks
     * that turn the direction of writing, and halves of surrogate pairs become {@code �} each}
     *
     * @param text in any script
     */
    public static String printable(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        text.codePoints().forEach(c -> shown.appendCodePoint(steers(c) ? REPLACEMENT : c));
        return shown.toString();
    }

    /**
     * {@return a text of at most a length: the middle of a longer one is left out}
     *
     * @param text any
     * @param most characters that stay, about two thirds of them from the beginning
     */
    public static String shortened(String text, int most) {
        if (text.length() <= most) {
            return text;
        }
        String gap = " … (" + (text.length() - most) + " characters more) … ";
        return text.substring(0, most - most / 3) + gap + text.substring(text.length() - most / 3);
    }

    /**
     * {@return names as a message may list them: of about 1000 characters at most}
     *
     * @param names in their order
     */
    public static String list(Collection<String> names) {
        return shortened(names.toString(), LIST_LENGTH);
    }

    /**
     * {@return a value as a message may quote it: printable, and of about 200 characters at most}
     *
     * @param value any
     */
    public static String excerpt(Object value) {
        return printable(shortened(String.valueOf(value), EXCERPT_LENGTH));
    }

    private static boolean steers(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SURROGATE ->
                true;
            // The other characters of this kind join letters and emoji.
            case Character.FORMAT -> turnsDirection(character);
            default -> false;
        };
    }

    private static boolean turnsDirection(int character) {
        return switch (Character.getDirectionality(character)) {
            case Character.DIRECTIONALITY_LEFT_TO_RIGHT_EMBEDDING,
                    Character.DIRECTIONALITY_LEFT_TO_RIGHT_OVERRIDE,
                    Character.DIRECTIONALITY_RIGHT_TO_LEFT_EMBEDDING,
                    Character.DIRECTIONALITY_RIGHT_TO_LEFT_OVERRIDE,
                    Character.DIRECTIONALITY_POP_DIRECTIONAL_FORMAT,
                    Character.DIRECTIONALITY_LEFT_TO_RIGHT_ISOLATE,
                    Character.DIRECTIONALITY_RIGHT_TO_LEFT_ISOLATE,
                    Character.DIRECTIONALITY_FIRST_STRONG_ISOLATE,
                    Character.DIRECTIONALITY_POP_DIRECTIONAL_ISOLATE -> true;
            default -> false;
        };
    }
}
