package dev.thalweg.memory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What memory the machine and its control groups leave to this process, now. */
final class SystemMemory {
    /**
     * Names of what a version of control groups keeps in files: limit, usage, and the page cache that counts as used.
     */
    private record GroupFiles(String limit, String usage, String cache) {}

    private static final long KIBIBYTE = 1L << 10;
    /** For the rest of the process: the JVM's own, threads' stacks, kernels that oneDNN generates. */
    private static final long LEAST_MARGIN = 256L << 20;

    private static final int MARGIN_SHARE = 16;
    private static final int LEAST_SHARE = 4;
    private static final GroupFiles V1 =
            new GroupFiles("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file");
    private static final GroupFiles V2 = new GroupFiles("memory.max", "memory.current", "inactive_file");

    private final Path root;

    /**
     * Looks below a directory.
     *
     * @param root of the file system
     */
    SystemMemory(Path root) {
        this.root = root;
    }

    /** {@return how many bytes may be held off the heap} */
    static long leftForOffHeap() {
        Runtime runtime = Runtime.getRuntime();
        long left = new SystemMemory(Path.of("/")).left();
        return forOffHeap(left, runtime.maxMemory() - runtime.totalMemory());
    }

    /**
     * The heap may still grow to its maximum, and then no exception of ours would save the process; so that growth is
     * not ours. A maximum as great as the machine is seldom meant to be reached: a quarter of what is left is ours in
     * any case.
     *
     * @param left in bytes
     * @param heapGrowth by how many bytes the Java heap may still grow
     * @return how many bytes may be held off the heap
     */
    static long forOffHeap(long left, long heapGrowth) {
        return Math.max(left / LEAST_SHARE, left - heapGrowth - Math.max(LEAST_MARGIN, left / MARGIN_SHARE));
    }

    /**
     * {@return the bytes that are free or can be made so, in the machine and in every control group around this
     * process}
     */
    long left() {
        return Math.min(machine(), Math.min(groups("cgroup2", V2), groups("cgroup", V1)));
    }

    private long machine() {
        return lines("proc/meminfo").stream()
                .filter(line -> line.startsWith("MemAvailable:"))
                .findFirst()
                .map(line -> Long.parseLong(line.replaceAll("\\D", "")) * KIBIBYTE)
                .orElseGet(SystemMemory::total);
    }

    private static long total() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? system.getTotalMemorySize()
                : Long.MAX_VALUE;
    }

    /** What the tightest group leaves: of those that hold this process, up to the one that is mounted. */
    private long groups(String type, GroupFiles names) {
        // Mount: root of the mount in the hierarchy, and where that is seen.
        Pattern mount = Pattern.compile("\\S+ \\S+ \\S+ (\\S+) (\\S+) .* - " + type + " \\S+ (\\S+)");
        long least = Long.MAX_VALUE;
        for (String line : lines("proc/self/mountinfo")) {
            Matcher found = mount.matcher(line);
            if (found.matches()
                    && (names.equals(V2)
                            || Arrays.asList(found.group(3).split(",")).contains("memory"))) {
                Path top = below(found.group(2));
                Path path = below(own(names));
                Path inMount = path.startsWith(below(found.group(1)))
                        ? below(found.group(1)).relativize(path)
                        : Path.of("");
                for (Path group = top.resolve(inMount).normalize();
                        group != null && group.startsWith(top);
                        group = group.getParent()) {
                    least = Math.min(least, left(group, names));
                }
            }
        }
        return least;
    }

    /**
     * The group of this process, as a path in the hierarchy: lines are {@code 0::/path} or {@code 4:cpu,memory:/path}.
     */
    private String own(GroupFiles names) {
        return lines("proc/self/cgroup").stream()
                .map(line -> line.split(":", 3))
                .filter(parts -> parts.length == 3
                        && (names.equals(V2)
                                ? parts[1].isEmpty()
                                : Arrays.asList(parts[1].split(",")).contains("memory")))
                .map(parts -> parts[2])
                .findFirst()
                .orElse("/");
    }

    private long left(Path group, GroupFiles names) {
        long limit = number(group.resolve(names.limit()), Long.MAX_VALUE);
        if (limit == Long.MAX_VALUE) {
            return limit;
        }
        long cache = lines(group.resolve("memory.stat")).stream()
                .filter(line -> line.startsWith(names.cache() + " "))
                .findFirst()
                .map(line -> parse(line.substring(names.cache().length()), 0))
                .orElse(0L);
        return Math.max(0, limit - Math.max(0, number(group.resolve(names.usage()), 0) - cache));
    }

    private long number(Path file, long otherwise) {
        return lines(file).stream()
                .findFirst()
                .map(line -> parse(line, otherwise))
                .orElse(otherwise);
    }

    /** Also for {@code max}, which is no number. */
    private static long parse(String text, long otherwise) {
        return text.strip().matches("\\d{1,18}") ? Long.parseLong(text.strip()) : otherwise;
    }

    private Path below(String absolute) {
        return root.resolve(absolute.substring(1)).normalize();
    }

    private List<String> lines(String file) {
        return lines(root.resolve(file));
    }

    /** What cannot be read limits nothing. */
    private static List<String> lines(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.toList();
        } catch (IOException | UncheckedIOException e) {
            return List.of();
        }
    }
}
