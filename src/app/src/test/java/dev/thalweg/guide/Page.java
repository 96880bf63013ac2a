package dev.thalweg.guide;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A page that people read, as far as this test looks at it. What a block of code takes for granted stands before it in
 * a comment that readers do not see: {@code <!-- given: …Java… -->}; a command that takes too long, or changes the
 * machine, is marked {@code <!-- checked only: why -->}.
 *
 * @param file where it stands
 * @param blocks its code, from top to bottom
 */
record Page(Path file, List<Block> blocks) {
    private static final Pattern BLOCK = Pattern.compile(
            "(?:<!-- (given|checked only):\\s*((?:(?!-->).)*?)-->\\s*\\n)?```([a-z]*)\\n(.*?)\\n```", Pattern.DOTALL);
    private static final Path ROOT = Path.of(System.getProperty("thalweg.test.root", "../.."));

    /**
     * A block of code.
     *
     * @param line of the page at which it begins
     * @param language as the page names it
     * @param text what readers see
     * @param given what a Java block takes for granted; empty if nothing
     * @param unrun why a command is not run, if it is not
     */
    record Block(int line, String language, String text, String given, Optional<String> unrun) {}

    static Path root() {
        return ROOT;
    }

    /** README, and the pages of the guide. */
    static List<Page> all() throws IOException {
        List<Page> pages = new ArrayList<>();
        pages.add(read(ROOT.resolve("README.md")));
        try (Stream<Path> guide = Files.list(ROOT.resolve("src/site/markdown"))) {
            for (Path file : guide.sorted().toList()) {
                pages.add(read(file));
            }
        }
        return pages;
    }

    private static Page read(Path file) throws IOException {
        String text = Files.readString(file);
        List<Block> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(text);
        while (matcher.find()) {
            int line = (int) text.substring(0, matcher.start(3)).lines().count();
            boolean given = "given".equals(matcher.group(1));
            boolean unrun = "checked only".equals(matcher.group(1));
            blocks.add(new Block(
                    line,
                    matcher.group(3),
                    matcher.group(4),
                    given ? matcher.group(2) : "",
                    unrun ? Optional.of(matcher.group(2).strip()) : Optional.empty()));
        }
        return new Page(file, blocks);
    }

    String text() throws IOException {
        return Files.readString(file);
    }

    @Override
    public String toString() {
        return ROOT.relativize(file).toString();
    }
}
