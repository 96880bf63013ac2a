package dev.thalweg.guide;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A page that people read, as far as tests look at it. Before a command that takes too long, or changes the machine,
 * stands a comment that readers do not see: {@code <!-- checked only: why -->}.
 *
 * @param file where it stands
 * @param lines what it says
 * @param blocks its code, from top to bottom
 */
public record Page(Path file, List<String> lines, List<Block> blocks) {
    private static final String FENCE = "```";
    private static final Pattern UNRUN = Pattern.compile("<!-- checked only: (.*) -->");
    private static final Path ROOT = Path.of(System.getProperty("thalweg.test.root", "../.."));

    /**
     * A block of code.
     *
     * @param line of the page at which its code begins, from 1
     * @param language as the page names it
     * @param lines what readers see
     * @param unrun why a command is not run, if it is not
     */
    public record Block(int line, String language, List<String> lines, Optional<String> unrun) {
        /** {@return what readers see} */
        public String text() {
            return String.join("\n", lines);
        }
    }

    /** {@return the repository's root} */
    public static Path root() {
        return ROOT;
    }

    /** {@return README, and the pages of the guide} */
    public static List<Page> all() throws IOException {
        List<Page> pages = new ArrayList<>();
        pages.add(read(ROOT.resolve("README.md")));
        pages.addAll(guide());
        return pages;
    }

    /** {@return the pages of the guide} */
    public static List<Page> guide() throws IOException {
        List<Page> pages = new ArrayList<>();
        try (Stream<Path> guide = Files.list(ROOT.resolve("src/site/markdown"))) {
            for (Path file :
                    guide.filter(f -> f.toString().endsWith(".md")).sorted().toList()) {
                pages.add(read(file));
            }
        }
        return pages;
    }

    /** {@return all blocks of a language, of README and the guide} */
    public static List<Block> blocks(String language) throws IOException {
        return all().stream()
                .flatMap(page -> page.blocks().stream())
                .filter(block -> block.language().equals(language))
                .toList();
    }

    /** {@return a page of the repository} */
    public static Page read(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        List<Block> blocks = new ArrayList<>();
        int line = 0;
        while (line < lines.size()) {
            if (!lines.get(line).startsWith(FENCE)) {
                line++;
                continue;
            }
            int end = line + 1;
            while (!lines.get(end).equals(FENCE)) {
                end++;
            }
            Matcher unrun = UNRUN.matcher(line == 0 ? "" : lines.get(line - 1));
            blocks.add(new Block(
                    line + 2,
                    lines.get(line).substring(FENCE.length()),
                    lines.subList(line + 1, end),
                    unrun.matches() ? Optional.of(unrun.group(1)) : Optional.empty()));
            line = end + 1;
        }
        return new Page(file, lines, blocks);
    }

    /** {@return what it says beside its code and its comments} */
    public String prose() {
        List<String> rest = new ArrayList<>(lines);
        for (Block block : blocks) {
            for (int line = block.line() - 2;
                    line <= block.line() - 1 + block.lines().size();
                    line++) {
                rest.set(line, "");
            }
        }
        return rest.stream().collect(Collectors.joining("\n")).replaceAll("(?s)<!--.*?-->", "");
    }

    @Override
    public String toString() {
        return ROOT.relativize(file).toString();
    }
}
