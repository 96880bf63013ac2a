package dev.thalweg.consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.thalweg.guide.Page;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Files of consumers hold what README and the guide show, word for word but for the platform. */
final class ShownCode {
    /** In XML, in Gradle's language, and in Java. */
    static final Pattern PLACE = Pattern.compile("(?:<!--|/\\*) shown in (\\S+) (?:-->|\\*/)");

    private static final Map<String, String> LANGUAGES =
            Map.of(".xml", "xml", ".gradle", "groovy", ".java", "java service");
    private static final String SHOWN_PLATFORM = "linux-x86_64";

    private ShownCode() {}

    /** Copies a file of a consumer, with what pages show in the places that ask for it. */
    static void copy(Path from, Path to) throws IOException {
        Matcher places = PLACE.matcher(Files.readString(from));
        StringBuilder text = new StringBuilder();
        while (places.find()) {
            String name = from.getFileName().toString();
            List<String> shown = shown(places.group(1), LANGUAGES.get(name.substring(name.lastIndexOf('.'))));
            assertEquals(1, shown.size(), places.group() + ", which has " + shown);
            places.appendReplacement(text, Matcher.quoteReplacement(shown.getFirst()));
        }
        Files.writeString(to, places.appendTail(text).toString().replace(SHOWN_PLATFORM, Publication.PLATFORM));
    }

    /** {@return the blocks of a language that a page has} */
    static List<String> shown(String page, String language) throws IOException {
        return Page.read(Page.root().resolve(page)).blocks().stream()
                .filter(block -> block.language().equals(language))
                .map(Page.Block::text)
                .toList();
    }

    /** {@return what a file of a consumer asks for, with the language: {@code xml README.md}} */
    static List<String> places(Path file) throws IOException {
        String name = file.getFileName().toString();
        String language = LANGUAGES.get(name.substring(name.lastIndexOf('.')));
        return PLACE.matcher(Files.readString(file))
                .results()
                .map(place -> language + " " + place.group(1))
                .toList();
    }
}
