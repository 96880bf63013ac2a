package dev.thalweg.cli;

import dev.thalweg.tensor.PrintableText;

/** What a terminal may be shown. */
final class Terminal {
    private Terminal() {
    }

    /**
     * A text without what would steer the terminal: control characters, line and paragraph separators, marks that turn the direction
     * of writing, and halves of surrogate pairs become {@code �} each.
     */
    static String printable(String text) {
        return PrintableText.printable(text);
    }
}
