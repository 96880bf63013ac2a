package dev.thalweg.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.guide.Page;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** The guide names every setting that the code reads, and every option of the program. */
class DocumentedSettingsTest {
    private static final Pattern READING = Pattern.compile("(?:System\\.get(?:Property|env)|Boolean\\.getBoolean"
            + "|Integer\\.getInteger|Long\\.getLong)\\(\\s*([^,)]+)[,)]");

    /** Variables that are asked for one after the other. */
    private static final Pattern ONE_OF = Pattern.compile("Stream\\.of\\(([^()]*)\\)\\s*\\.map\\(System::getenv\\)");

    private static final Pattern CONSTANT = Pattern.compile("String (\\w+) = \"([^\"]*)\"");

    /** Java's own. */
    private static final Pattern OF_JAVA = Pattern.compile("(java|jdk|os|user)\\..*");

    private static final Pattern OPTION = Pattern.compile("`(--[a-z0-9-]+)");

    private static final Pattern WORD = Pattern.compile("`([a-z0-9-]+)`");

    private static final Pattern OF_COMMANDS = Pattern.compile("^These are options of ((?:`[a-z-]+`(?:, | and )?)+)");

    @Test
    void settingsAreThoseThatTheCodeReads() throws IOException {
        List<String> sources = sources();
        List<String> unclear = new ArrayList<>();
        Set<String> settings = new TreeSet<>();
        for (String source : sources) {
            Set<String> names = READING.matcher(source)
                    .results()
                    .map(found -> found.group(1))
                    .collect(Collectors.toCollection(TreeSet::new));
            ONE_OF.matcher(source)
                    .results()
                    .forEach(found -> names.addAll(List.of(found.group(1).split(",\\s*"))));
            if (source.contains("System::getProperty")
                    || source.split("System::getenv", -1).length - 1
                            != ONE_OF.matcher(source).results().count()) {
                unclear.add(source);
            }
            for (String name : names) {
                Set<String> values = values(name, source, sources);
                assertEquals(1, values.size(), "what " + name + " is: " + values);
                settings.addAll(values);
            }
        }
        assertEquals(List.of(), unclear, "read in a way that this test does not know");
        settings.removeIf(name -> OF_JAVA.matcher(name).matches());
        assertTrue(settings.contains("thalweg.backend") && settings.contains("THALWEG_DATA"), settings.toString());
        String page = Files.readString(Page.root().resolve("src/site/markdown/settings.md"));
        settings.removeIf(name -> page.contains("`" + name + "`"));
        assertEquals(Set.of(), settings, "settings.md does not say what these do");
    }

    /** {@return what a literal or a constant is: of the same file, or else of the one that it names} */
    private static Set<String> values(String name, String source, List<String> sources) {
        if (name.startsWith("\"")) {
            return Set.of(name.replace("\"", ""));
        }
        String constant = name.substring(name.lastIndexOf('.') + 1);
        boolean own = !name.contains(".");
        String owner = own ? "" : name.substring(0, name.lastIndexOf('.'));
        return sources.stream()
                .filter(text -> own
                        ? text.equals(source)
                        : text.matches("(?s).*\\b(class|interface|record|enum) " + owner + "\\b.*"))
                .flatMap(text -> CONSTANT.matcher(text).results())
                .filter(found -> found.group(1).equals(constant))
                .map(found -> found.group(2))
                .collect(Collectors.toSet());
    }

    private static List<String> sources() throws IOException {
        List<String> sources = new ArrayList<>();
        for (String module : List.of("core", "pictures", "app")) {
            try (Stream<Path> files = Files.walk(Page.root().resolve("src/" + module + "/src/main"))) {
                files.filter(file -> file.toString().endsWith(".java")).forEach(file -> sources.add(read(file)));
            }
        }
        return sources;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return the options of each command of the program, {@code train --data}} */
    private static Set<String> options() {
        Set<String> options = new TreeSet<>();
        // Those of Main itself: tests provide another command.
        for (Class<?> command : Main.COMMANDS) {
            CommandSpec spec = new CommandLine(command).getCommandSpec();
            spec.options().stream()
                    .filter(option -> !option.hidden())
                    .map(option -> spec.name() + " " + option.longestName())
                    .forEach(options::add);
        }
        return options;
    }

    /**
     * A table of options has a column of commands; or it stands behind the sentence "These are options of ...", which
     * holds until the next heading.
     */
    @Test
    void tablesGiveEachOptionToTheCommandsThatHaveIt() throws IOException {
        Set<String> told = new TreeSet<>();
        List<String> unclear = new ArrayList<>();
        List<String> ofSection = List.of();
        for (String line : Files.readAllLines(Page.root().resolve("src/site/markdown/program.md"))) {
            Matcher sentence = OF_COMMANDS.matcher(line);
            if (line.startsWith("#")) {
                ofSection = List.of();
            } else if (sentence.find()) {
                ofSection = words(sentence.group(1));
            } else if (line.startsWith("| `--")) {
                List<String> cells = List.of(line.split(" ?\\| ?", -1));
                List<String> commands = ofSection.isEmpty() ? words(cells.get(2)) : ofSection;
                if (commands.isEmpty() || commands.stream().anyMatch(word -> word.startsWith("-"))) {
                    unclear.add(line);
                }
                for (String option : words(cells.get(1))) {
                    commands.forEach(command -> told.add(command + " " + option));
                }
            }
        }
        assertEquals(List.of(), unclear, "of no command");
        Set<String> options = options();
        // Of every command, as the page's text says.
        options.removeIf(option -> option.endsWith(" --help") || option.endsWith(" --version"));
        assertEquals(options, told, "the options of each command, and those that program.md gives it");
    }

    private static List<String> words(String text) {
        return WORD.matcher(text).results().map(found -> found.group(1)).toList();
    }

    @Test
    void optionsAreThoseOfTheProgram() throws IOException {
        Set<String> options = options().stream()
                .map(option -> option.substring(option.indexOf(' ') + 1))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> told = Page.read(Page.root().resolve("src/site/markdown/program.md")).lines().stream()
                .flatMap(line -> OPTION.matcher(line).results())
                .map(MatchResult.class::cast)
                .map(found -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(options, told, "the options of the program, and those that program.md names");
    }
}
