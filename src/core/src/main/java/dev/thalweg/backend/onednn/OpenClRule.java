package dev.thalweg.backend.onednn;

import dev.thalweg.backend.runtime.HostUpdates;
import dev.thalweg.graph.expression.Expression;
import dev.thalweg.graph.expression.UpdateProgram;
import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.opencl.OpenClKernel;
import dev.thalweg.opencl.OpenClMemory;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** One parameter of {@link OpenClUpdates}: the kernels printed of its rule, and those that measure it. */
final class OpenClRule {
    /** Partial sums for each norm. */
    static final int SUMS = 1024;
    /** In the verdict: whether all gradients are finite, the norm of them all, and then the norms of each parameter. */
    static final int FIRST_NORM = 2;
    /** Among the arguments of a printed kernel. */
    private static final int GRADIENT = 1;

    private static final int RATE = 4;

    private final OpenClGpu gpu;
    private final HostUpdates.Item item;
    private final UpdateProgram program;
    private final OpenClMemory verdict;
    private final int place;
    private final OpenClKernel move;
    private final List<OpenClKernel> measures = new ArrayList<>();

    /**
     * Builds the kernels.
     *
     * @param owner of them
     * @param item what moves
     * @param sums where partial sums go
     * @param verdict where norms are found
     * @param place of the parameter's first norm, counted from the first of all
     */
    OpenClRule(
            OpenClGpu gpu,
            MemoryOwner owner,
            HostUpdates.Item item,
            UpdateProgram program,
            OpenClMemory sums,
            OpenClMemory verdict,
            int place) {
        this.gpu = gpu;
        this.item = item;
        this.program = program;
        this.verdict = verdict;
        this.place = place;
        String source = source(program);
        this.move = kernel(owner, source, "move");
        for (int norm = 0; norm < program.norms().size(); norm++) {
            OpenClKernel measure = kernel(owner, source, "measure" + norm);
            int next = firstFree();
            measure.set(next, sums);
            measure.set(next + 1, elements());
            measure.set(next + 2, (place + norm) * SUMS);
            measures.add(measure);
        }
    }

    private int firstFree() {
        return RATE + 1 + program.stepNumbers().size() + item.slots().size();
    }

    private OpenClKernel kernel(MemoryOwner owner, String source, String name) {
        OpenClKernel kernel = gpu.kernel(owner, source, name);
        kernel.set(0, OpenClGpu.memory(item.parameter()));
        kernel.set(2, verdict);
        kernel.set(3, FIRST_NORM + place);
        int firstSlot = RATE + 1 + program.stepNumbers().size();
        for (int slot = 0; slot < item.slots().size(); slot++) {
            kernel.set(firstSlot + slot, OpenClGpu.memory(item.slots().get(slot)));
        }
        return kernel;
    }

    /** The kernels of a rule: what it says of an element, between loads and stores. */
    static String source(UpdateProgram program) {
        OpenClPrinter printer = new OpenClPrinter(program);
        String arguments =
                "__global float *P, __global const float *G, __global const float *verdict, uint place, float rate"
                        + each(program.stepNumbers().size(), ", float c%1$d")
                        + each(program.slots(), ", __global float *S%1$d");
        String norms = "    float all = verdict[1];\n"
                + each(program.norms().size(), "    float n%1$d = verdict[place + %1$d];\n");
        String load =
                "    float p = P[i];\n    float g = G[i];\n" + each(program.slots(), "    float s%1$d = S%1$d[i];\n");
        StringBuilder text = new StringBuilder("""
            __kernel void move(%s) {
                if (verdict[0] == 0) return;
                uint i = get_global_id(0);
            %s%s%s    P[i] = p;
            %s}
            """.formatted(
                arguments, norms, load, printer.statements(), each(program.slots(), "    S%1$d[i] = s%1$d;\n")));
        for (int norm = 0; norm < program.norms().size(); norm++) {
            Expression of = program.norms().get(norm).of();
            text.append("""
                __kernel void measure%d(%s, __global float *sums, uint n, uint first) {
                %s    float sum = 0;
                    for (uint i = get_global_id(0); i < n; i += get_global_size(0)) {
                %s    float x = %s;
                    sum += x * x;
                    }
                    sums[first + get_global_id(0)] = sum;
                }
                """.formatted(norm, arguments, norms, load, printer.print(of)));
        }
        return text.toString();
    }

    private static String each(int count, String format) {
        return IntStream.range(0, count).mapToObj(format::formatted).collect(Collectors.joining());
    }

    private int elements() {
        return Math.toIntExact(item.parameter().bytes() / Float.BYTES);
    }

    /** Has those norms measured whose turn it is. */
    void measure(MemorySegment queue, int level, float rate, long step, boolean pending, boolean watched) {
        for (int norm = 0; norm < measures.size(); norm++) {
            boolean wanted = program.uses(norm) || watched && norm == UpdateProgram.PARAMETER_NORM;
            if (wanted && program.level(norm) == level) {
                prepare(measures.get(norm), rate, step, pending);
                measures.get(norm).enqueue(queue, SUMS);
            }
        }
    }

    void move(MemorySegment queue, float rate, long step, boolean pending) {
        prepare(move, rate, step, pending);
        move.enqueue(queue, elements());
    }

    private void prepare(OpenClKernel kernel, float rate, long step, boolean pending) {
        float local = (float) (rate * item.update().rule().rateFactor());
        kernel.set(GRADIENT, OpenClGpu.memory(pending ? item.accumulated() : item.gradient()));
        kernel.set(RATE, local);
        for (int i = 0; i < program.stepNumbers().size(); i++) {
            kernel.set(RATE + 1 + i, (float)
                    program.stepNumbers().get(i).function().at(local, step));
        }
    }
}
