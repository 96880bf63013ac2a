package dev.thalweg.backend.onednn;

import dev.thalweg.graph.Graph;
import dev.thalweg.graph.ParameterChange;
import dev.thalweg.onednn.MemoryDesc;
import dev.thalweg.tensor.DataType;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a program computes, in lines to be read and compared: its instructions grouped by what they compute, oneDNN's
 * implementation and the types that go in and come out, with the bytes of what they read and write. Scratchpads and
 * what the update of parameters moves are not counted. Nor is what depends on the sizes of caches: by how much
 * oneDNN pads weights, and which of its fast reorders copies them.
 */
final class ProgramListing {
    private record Totals(int instructions, long bytes) {
        static final Totals NONE = new Totals(0, 0);

        static Totals of(Instruction instruction) {
            return new Totals(
                    1,
                    Stream.concat(instruction.reads(), instruction.writes())
                            .mapToLong(location -> bytes(location.layout()))
                            .sum());
        }

        /** Without padding; of a workspace, whose dims are made up, no more than it has. */
        private static long bytes(MemoryDesc layout) {
            return Math.min(
                    layout.size(), layout.dims().elements() * layout.type().bytes());
        }

        Totals plus(Totals other) {
            return new Totals(instructions + other.instructions, bytes + other.bytes);
        }

        @Override
        public String toString() {
            return instructions + " of " + bytes + " bytes";
        }
    }

    private static final Pattern SLOW = Pattern.compile("^(ref|simple)");

    private ProgramListing() {}

    /** The lines for a program that computes a graph. */
    static List<String> of(Program program, Graph graph) {
        boolean changes = graph.nodes().stream().anyMatch(node -> node.op() instanceof ParameterChange);
        Set<Instruction> prepared = changes ? Set.of() : program.constantInstructions();
        Map<String, List<Instruction>> parts = new LinkedHashMap<>();
        parts.put(
                "each run",
                program.instructions().stream()
                        .filter(instruction -> !prepared.contains(instruction))
                        .toList());
        parts.put("once for given parameters", List.copyOf(prepared));
        return parts.entrySet().stream()
                .filter(part -> !part.getValue().isEmpty())
                .flatMap(part -> lines(part.getKey(), part.getValue()))
                .toList();
    }

    private static Stream<String> lines(String when, Collection<Instruction> instructions) {
        Map<String, Totals> groups = new TreeMap<>();
        Totals all = Totals.NONE;
        Totals reorders = Totals.NONE;
        for (Instruction instruction : instructions) {
            Totals one = Totals.of(instruction);
            groups.merge(kind(instruction), one, Totals::plus);
            all = all.plus(one);
            reorders = isReorder(instruction) ? reorders.plus(one) : reorders;
        }
        return Stream.concat(
                Stream.of("  " + when, "    all: " + all, "    all reorders: " + reorders),
                groups.entrySet().stream().map(group -> "    " + group.getKey() + ": " + group.getValue()));
    }

    private static boolean isReorder(Instruction instruction) {
        return instruction instanceof Instruction.OfPrimitive call
                && call.desc().operation().equals("reorder");
    }

    private static String kind(Instruction instruction) {
        String what = switch (instruction) {
            case Instruction.OfPrimitive call ->
                call.desc().operation() + implementation(call.desc().implementation(), isReorder(call));
            case Instruction.OfTeam team -> team + " java";
            case Instruction.OfMask mask -> mask + " java";
            case Instruction.OfAllReduce _, Instruction.OfAwait _ -> instruction + " java";
        };
        return what + " (" + types(instruction.reads()) + " > " + types(instruction.writes()) + ")";
    }

    private static String implementation(String name, boolean ofReorder) {
        return ofReorder && !SLOW.matcher(name).find() ? "" : " " + name;
    }

    private static String types(Stream<Location> locations) {
        return locations
                .map(location -> location.layout().type())
                .distinct()
                .sorted()
                .map(DataType::toString)
                .collect(Collectors.joining(", "));
    }
}
