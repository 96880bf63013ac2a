package dev.thalweg.backend.onednn;

import dev.thalweg.optim.Optimizer;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** All OpenCL C of ours, for a compiler that is stricter than a driver. */
final class OpenClSources {
    /** Programs of a file: a compiler takes longer to start than for a program, and far longer for all at once. */
    private static final int TOGETHER = 20;

    private OpenClSources() {}

    /**
     * Writes the kernels of all programs, by names of their own.
     *
     * @param arguments the folder for the files
     */
    public static void main(String[] arguments) throws IOException, ReflectiveOperationException {
        Set<String> programs = new LinkedHashSet<>();
        programs.add(constant(OpenClGpu.class, "MASK"));
        programs.add(constant(OpenClUpdates.class, "COMMON"));
        programs.add(constant(OpenClMovements.class, "SOURCE"));
        for (Optimizer optimizer : OpenClPrinterTest.optimizers().values()) {
            programs.add(OpenClRule.source(optimizer.descent().update("w").program()));
        }
        Map<Integer, StringBuilder> files = new TreeMap<>();
        int number = 0;
        for (String program : programs) {
            files.computeIfAbsent(number / TOGETHER, _ -> new StringBuilder())
                    .append(program.replaceAll("__kernel void (\\w+)", "__kernel void $1_" + number));
            number++;
        }
        for (Map.Entry<Integer, StringBuilder> file : files.entrySet()) {
            Files.writeString(Path.of(arguments[0]).resolve("programs" + file.getKey() + ".cl"), file.getValue());
        }
    }

    private static String constant(Class<?> of, String name) throws ReflectiveOperationException {
        Field field = of.getDeclaredField(name);
        field.setAccessible(true);
        return (String) field.get(null);
    }
}
