package dev.thalweg.guide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** What the public workflow runs is what README, CONTRIBUTING and {@code .ci/run} tell people to run. */
class WorkflowTest {
    /** Beginnings of the commands that build or check; what only prepares a machine is the workflow's own. */
    private static final Pattern BUILDS = Pattern.compile("(?:mvn|cmake|native/|\\.ci/).*");

    private static final Pattern EXPRESSION = Pattern.compile("\\$\\{\\{.*?\\}\\}");
    /** Say less, and do not ask: nothing of what is done. */
    private static final Pattern MANNERS = Pattern.compile(" -[qB](?= )");

    private static Map<String, Object> jobs;

    @BeforeAll
    static void read() throws IOException {
        jobs = map(map(new Yaml().load(text(".github/workflows/build.yml"))).get("jobs"));
    }

    private static String text(String file) throws IOException {
        return Files.readString(Page.root().resolve(file));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object yaml) {
        return (Map<String, Object>) yaml;
    }

    private static List<?> list(Object yaml) {
        return (List<?>) yaml;
    }

    /** {@return the commands of a job, one for each value of the matrix that they name} */
    private static Stream<String> commands(Object job) {
        return list(map(job).get("steps")).stream()
                .map(step -> map(step).get("run"))
                .filter(run -> run != null)
                .flatMap(run -> ((String) run).lines())
                .flatMap(command -> forEachValue(command, job).stream())
                .map(command -> EXPRESSION.matcher(command).replaceAll("").strip());
    }

    private static List<String> forEachValue(String command, Object job) {
        Matcher named = Pattern.compile("\\$\\{\\{ matrix\\.(\\w+) \\}\\}").matcher(command);
        if (!named.find()) {
            return List.of(command);
        }
        Map<String, Object> matrix = map(map(map(job).get("strategy")).get("matrix"));
        return list(matrix.get(named.group(1))).stream()
                .map(value -> command.replace(named.group(), value.toString()))
                .toList();
    }

    private static String plain(String text) {
        return MANNERS.matcher(text.replace("sudo --preserve-env=JAVA_HOME,PATH,CI ", ""))
                .replaceAll("");
    }

    @Test
    void everyCommandIsOneThatPeopleAreTold() throws IOException {
        String told = plain(text("README.md") + text("CONTRIBUTING.md") + text(".ci/run"));
        Set<String> untold = new TreeSet<>();
        int builds = 0;
        for (Object job : jobs.values()) {
            for (String command : commands(job).map(WorkflowTest::plain).toList()) {
                if (BUILDS.matcher(command).matches()) {
                    builds++;
                    if (!Pattern.compile("(?<![\\w/-])" + Pattern.quote(command) + "(?![\\w/-])")
                            .matcher(told)
                            .find()) {
                        untold.add(command);
                    }
                }
            }
        }
        assertEquals(Set.of(), untold);
        assertTrue(builds >= 8, "commands found: " + builds);
    }

    /** README's own, on every system and JDK; and all that {@code .ci/run} does, on one. */
    @Test
    void whatPeopleAreToldFirstIsRunEverywhere() throws IOException {
        List<String> readme = Page.all().getFirst().blocks().stream()
                .filter(block -> block.language().equals("sh"))
                .flatMap(block -> block.lines().stream())
                .filter(line -> line.startsWith("mvn"))
                .map(WorkflowTest::plain)
                .toList();
        assertEquals(2, readme.size(), readme.toString());
        assertEquals(readme, commands(jobs.get("test")).map(WorkflowTest::plain).toList());
        Map<String, Object> matrix =
                map(map(map(jobs.get("test")).get("strategy")).get("matrix"));
        assertEquals(List.of(22, 25), matrix.get("jdk"));
        for (String system : List.of("ubuntu-[0-9.]+", "ubuntu-[0-9.]+-arm", "macos-\\d+", "windows-\\d+")) {
            assertTrue(
                    list(matrix.get("os")).stream().anyMatch(os -> os.toString().matches(system)), system);
        }
        assertTrue(
                commands(jobs.get("checks")).map(WorkflowTest::plain).toList().contains(".ci/run"));
    }

    /** A script that a command names is there, and may be run. */
    @Test
    void scriptsAreThere() throws IOException {
        List<String> scripts = new ArrayList<>();
        jobs.values()
                .forEach(job -> commands(job)
                        .map(WorkflowTest::plain)
                        .filter(command -> command.startsWith(".ci/"))
                        .forEach(scripts::add));
        assertTrue(!scripts.isEmpty());
        for (String script : scripts) {
            Path file = Page.root().resolve(script);
            assertTrue(Files.isExecutable(file), script);
        }
    }
}
