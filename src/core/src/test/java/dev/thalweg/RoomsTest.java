package dev.thalweg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.thalweg.backend.Backend;
import dev.thalweg.graph.Op;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The rooms of the library, lowest first, and which each may know. A room knows lower ones alone, so that there is no
 * cycle, and the bindings that jextract wrote are known by the one room that makes them safe.
 */
class RoomsTest {
    private static final String HOUSE = "dev.thalweg";

    /** Each room with those that it may know, of which all stand before it. */
    private static final Map<String, Set<String>> ROOMS = new LinkedHashMap<>();

    static {
        room("text");
        room("random");
        room("tensor", "text");
        room("memory", "tensor");
        room("files", "memory");
        room("io", "text", "files");
        room("onednn.c");
        room("opencl.c");
        room("opencl", "tensor", "memory", "io", "opencl.c");
        room("onednn", "tensor", "memory", "files", "io", "opencl", "onednn.c");
        room("graph.expression", "tensor");
        room("collective", "tensor");
        room("graph", "text", "tensor", "collective", "graph.expression");
        room("graph.plan", "tensor", "memory", "graph");
        room("backend", "tensor", "graph");
        room("backend.runtime", "random", "tensor", "memory", "graph", "graph.expression", "backend");
        room(
                "backend.java",
                "tensor",
                "collective",
                "memory",
                "graph",
                "graph.expression",
                "graph.plan",
                "backend",
                "backend.runtime");
        room("backend.winograd", "backend.runtime");
        room(
                "backend.onednn",
                "random",
                "tensor",
                "collective",
                "memory",
                "graph",
                "graph.expression",
                "graph.plan",
                "backend",
                "backend.runtime",
                "backend.winograd",
                "onednn",
                "opencl");
        room("loss", "text", "tensor", "io", "graph");
        room("optim", "text", "tensor", "graph", "graph.expression");
        room("metric", "text", "tensor", "graph");
        room("model", "text", "tensor", "graph", "loss");
        room("picture", "tensor", "files", "io");
        room("data.archive", "tensor", "io", "picture");
        room("data", "text", "random", "tensor", "memory", "files", "io", "picture", "data.archive");
        room("format", "text", "tensor", "memory", "files", "io");
        room("saving", "text", "tensor", "io", "graph", "loss", "model", "data", "format");
        roomThatKnowsAllBefore("engine");
        roomThatKnowsAllBefore("inference");
        roomThatKnowsAllBefore("train");
        roomThatKnowsAllBefore("");
    }

    private static JavaClasses classes;

    private static void room(String name, String... known) {
        assertTrue(ROOMS.keySet().containsAll(Set.of(known)), () -> name + " may know lower rooms alone");
        ROOMS.put(name, Set.of(known));
    }

    private static void roomThatKnowsAllBefore(String name) {
        room(
                name,
                ROOMS.keySet().stream().filter(known -> !known.endsWith(".c")).toArray(String[]::new));
    }

    @BeforeAll
    static void read() {
        // Whatever else the classes know is no room of ours, and need not be read.
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
        classes = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages(HOUSE);
        assertTrue(classes.size() > 100, "the library's classes are on the class path");
    }

    private static String room(JavaClass type) {
        return type.getPackageName().equals(HOUSE) ? "" : type.getPackageName().substring(HOUSE.length() + 1);
    }

    private static boolean isOurs(JavaClass type) {
        return (type.getPackageName() + ".").startsWith(HOUSE + ".");
    }

    /** What a class knows of other rooms. */
    private static Stream<Dependency> known(JavaClass type) {
        return type.getDirectDependenciesFromSelf().stream()
                .filter(known -> isOurs(known.getTargetClass().getBaseComponentType()))
                .filter(known -> !target(known).equals(room(type)));
    }

    private static String target(Dependency known) {
        return room(known.getTargetClass().getBaseComponentType());
    }

    /** The name of a class, or of the one that it is nested in, in the house. */
    private static String outermost(JavaClass type) {
        return type.getName().substring(HOUSE.length() + 1).replaceFirst("\\$.*", "");
    }

    @Test
    void everyPackageIsARoom() {
        Set<String> rooms = classes.stream().map(RoomsTest::room).collect(Collectors.toCollection(TreeSet::new));
        assertEquals(new TreeSet<>(ROOMS.keySet()), rooms);
    }

    /** The compiler refuses a package that says neither; this counts those that say that it is not marked. */
    @Test
    void everyRoomIsMarkedForNull() {
        Set<String> unmarked = ROOMS.keySet().stream()
                .filter(room -> !room.endsWith(".c"))
                .filter(room -> !classes.getPackage(room.isEmpty() ? HOUSE : HOUSE + "." + room)
                        .isAnnotatedWith(NullMarked.class))
                .collect(Collectors.toSet());
        assertEquals(Set.of(), unmarked);
    }

    @Test
    void roomsKnowThoseThatTheyMay() {
        List<String> wrong = classes.stream()
                .flatMap(RoomsTest::known)
                .filter(known -> !ROOMS.getOrDefault(room(known.getOriginClass()), Set.of())
                        .contains(target(known)))
                .map(Dependency::getDescription)
                .sorted()
                .toList();
        assertEquals(List.of(), wrong);
    }

    /** The way from a graph to something that runs stands in one place. */
    @Test
    void oneClassCompilesGraphs() {
        assertEquals(
                Set.of("engine.NetworkGraph"),
                classes.stream()
                        .flatMap(type -> type.getMethodCallsFromSelf().stream())
                        .filter(call -> call.getTarget().getOwner().isEquivalentTo(Backend.class)
                                && call.getTarget().getName().equals("compile"))
                        .map(call -> outermost(call.getOriginOwner()))
                        .collect(Collectors.toSet()));
    }

    /** What rooms above the graph want to know of an operation, it tells; backends choose by exhaustive switches. */
    @Test
    void nobodyAboveTheGraphAsksWhichOperationItIs() {
        Map<Boolean, List<String>> asked = classes.stream()
                .flatMap(type -> type.getInstanceofChecks().stream())
                .filter(check -> check.getRawType().isAssignableTo(Op.class))
                .collect(Collectors.partitioningBy(
                        check -> room(check.getOwner().getOwner()).equals("graph"),
                        Collectors.mapping(
                                check -> check.getOwner().getFullName() + " asks for "
                                        + check.getRawType().getSimpleName(),
                                Collectors.toList())));
        assertFalse(asked.get(true).isEmpty(), "passes of the graph ask: else this test sees nothing");
        assertEquals(List.of(), asked.get(false));
    }

    /** A switch without a branch for the rest does not compile when there is a new operation or expression. */
    @Test
    void switchesOverOperationsAndExpressionsHaveNoDefault() throws IOException {
        List<String> found = new ArrayList<>();
        for (String room : List.of("graph", "backend", "engine", "optim")) {
            try (Stream<Path> files = Files.walk(Path.of("src/main/java/dev/thalweg", room))) {
                for (Path file :
                        files.filter(f -> f.toString().endsWith(".java")).toList()) {
                    String text = Files.readString(file);
                    if (Pattern.compile("\\bdefault\\s*(->|:)").matcher(text).find()) {
                        found.add(file.getFileName().toString());
                    }
                }
            }
        }
        // A number of an array, of which there is no end.
        assertEquals(List.of("MovedParameter.java"), found);
    }

    /** The guide's page on architecture has the rooms in its table, in this order. */
    @Test
    void theGuideShowsTheRooms() throws IOException {
        Path root = Path.of(System.getProperty("thalweg.test.root", "../.."));
        List<String> shown = Files.readAllLines(root.resolve("src/site/markdown/architecture.md")).stream()
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.split("\\|", -1)[1])
                .filter(names -> !names.contains("itself"))
                .flatMap(names -> Pattern.compile("`([^`]+)`").matcher(names).results())
                .map(name -> name.group(1))
                .toList();
        assertEquals(ROOMS.keySet().stream().filter(name -> !name.isEmpty()).toList(), shown);
    }
}
