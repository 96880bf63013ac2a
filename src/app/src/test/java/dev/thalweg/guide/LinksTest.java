package dev.thalweg.guide;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Where pages point there is something. Other sites are not asked. */
class LinksTest {
    /** Of Markdown: pictures and links. */
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#]*)(?:#([^)]*))?\\)");

    private static final Pattern MENU_ITEM = Pattern.compile("href=\"(\\w+)\\.html\"");

    /** Pages beside README and the guide. */
    private static final List<String> OTHERS =
            List.of("CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "bench/RESULTS.md");

    @Test
    void linksLeadSomewhere() throws IOException {
        List<Page> pages = new ArrayList<>(Page.all());
        for (String other : OTHERS) {
            pages.add(Page.read(Page.root().resolve(other)));
        }
        List<String> broken = new ArrayList<>();
        for (Page page : pages) {
            Matcher link = LINK.matcher(page.prose());
            while (link.find()) {
                if (!link.group(1).contains(":") && !leadsSomewhere(page.file(), link.group(1), link.group(2))) {
                    broken.add(page + ": " + link.group());
                }
            }
        }
        assertEquals(List.of(), broken);
    }

    private static boolean leadsSomewhere(Path from, String target, String heading) throws IOException {
        Path beside = from.toAbsolutePath().getParent();
        // The site has the resources beside the guide's pages, and a copy of the examples.
        Path file = Stream.of(
                        target.isEmpty() ? from : beside.resolve(target),
                        beside.resolveSibling("resources").resolve(target),
                        beside.resolveSibling("../" + target))
                .filter(Files::exists)
                .findFirst()
                .orElse(null);
        // The site gives headings other names than the repository's pages do: the guide links whole pages.
        return file != null
                && (heading == null
                        || (!beside.endsWith("markdown")
                                && headings(Page.read(file)).contains(heading)));
    }

    /** {@return what a page's headings are linked by: lower case, hyphens for blanks, no other signs} */
    private static Set<String> headings(Page page) {
        Set<String> headings = new HashSet<>();
        page.prose()
                .lines()
                .filter(line -> line.matches("#+ .*"))
                .forEach(line -> headings.add(line.replaceFirst("#+ ", "")
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-')));
        return headings;
    }

    /** A page that is not in the menu, or not on the first page, would not be found. */
    @Test
    void everyPageIsInTheMenuAndOnTheFirstPage() throws IOException {
        Path site = Page.root().resolve("src/site");
        Set<String> pages = new HashSet<>();
        Page.guide()
                .forEach(page -> pages.add(page.file().getFileName().toString().replace(".md", "")));
        assertEquals(pages, found(MENU_ITEM, Files.readString(site.resolve("site.xml"))), "the menu");
        Set<String> first =
                found(Pattern.compile("\\]\\((\\w+)\\.md\\)"), Files.readString(site.resolve("markdown/index.md")));
        first.add("index");
        assertEquals(pages, first, "the first page");
        Set<String> readme = found(
                Pattern.compile("src/site/markdown/(\\w+)\\.md"),
                Files.readString(Page.root().resolve("README.md")));
        assertEquals(pages, readme, "README");
    }

    private static Set<String> found(Pattern pattern, String text) {
        Set<String> found = new HashSet<>();
        pattern.matcher(text).results().forEach(result -> found.add(result.group(1)));
        return found;
    }
}
