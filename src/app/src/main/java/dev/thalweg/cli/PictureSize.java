package dev.thalweg.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Height and width, as in {@code 32x32}; the program reads options of this type.
 *
 * @param height in pixels
 * @param width in pixels
 */
public record PictureSize(int height, int width) {
    private static final Pattern WORD = Pattern.compile("([1-9]\\d{0,3})x([1-9]\\d{0,3})");

    /**
     * {@return the size that a word says}
     *
     * @param word height and width in pixels, each from 1 to 9999
     * @throws IllegalArgumentException if it says none
     */
    public static PictureSize parse(String word) {
        Matcher matcher = WORD.matcher(word);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("expected HEIGHTxWIDTH as in 32x32, got '" + word + "'");
        }
        return new PictureSize(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    }

    /** As they are typed. */
    @Override
    public String toString() {
        return height + "x" + width;
    }
}
