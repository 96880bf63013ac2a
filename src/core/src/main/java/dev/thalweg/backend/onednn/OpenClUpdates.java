package dev.thalweg.backend.onednn;

import dev.thalweg.backend.Movement;
import dev.thalweg.backend.runtime.StagedUpdates;
import dev.thalweg.backend.runtime.UpdatePass;
import dev.thalweg.backend.runtime.Updates;
import dev.thalweg.graph.Clipping;
import dev.thalweg.opencl.OpenClBuffer;
import dev.thalweg.opencl.OpenClKernel;
import dev.thalweg.opencl.OpenClProgram;
import dev.thalweg.tensor.MemoryOwner;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The optimizer's pass on the device: measures all gradients, judges them, then moves all parameters, each by a kernel
 * made of its rule's formula. The host waits once, for the verdict. A watched update is made by the host.
 */
final class OpenClUpdates implements Updates {
    /** Partial sums for each tensor. */
    private static final int SUMS = 1024;
    /**
     * What the verdict holds: whether all is finite, then for each tensor its gradient's and its own norm, and a scale.
     */
    private static final int NUMBERS = 3;
    /** Among the arguments of a move: the numbers of its formula, and after them the step and the slots. */
    private static final int FIRST_NUMBER = 6;

    private static final int FIRST_SLOT = 11;
    private static final String MEASURE = """
        __kernel void measure(__global const float *x, __global float *sums, uint n, uint place) {
            float sum = 0;
            for (uint i = get_global_id(0); i < n; i += get_global_size(0)) sum += x[i] * x[i];
            sums[place + get_global_id(0)] = sum;
        }
        __kernel void norms(__global const float *sums, __global float *verdict, uint each) {
            uint item = get_global_id(0);
            for (uint which = 0; which < 2; which++) {
                float square = 0;
                for (uint i = 0; i < each; i++) square += sums[(2 * item + which) * each + i];
                verdict[1 + 3 * item + which] = sqrt(square);
            }
        }
        __kernel void judge(__global float *verdict, uint items, float each, float together) {
            float square = 0;
            for (uint item = 0; item < items; item++) square += verdict[1 + 3 * item] * verdict[1 + 3 * item];
            float all = sqrt(square);
            verdict[0] = isfinite(square) ? 1 : 0;
            for (uint item = 0; item < items; item++) {
                float norm = verdict[1 + 3 * item];
                verdict[3 + 3 * item] = norm > each ? each / norm : all > together ? together / all : 1;
            }
        }
        __kernel void collect(__global float *pending, __global const float *gradient, float weight) {
            pending[get_global_id(0)] += weight * gradient[get_global_id(0)];
        }
        """;

    /** One parameter's kernels; those of what is not there are null. */
    private record Moved(
            UpdatePass.Item item,
            OpenClKernel move,
            OpenClKernel measureGradient,
            OpenClKernel measurePending,
            OpenClKernel measureParameter,
            OpenClKernel collect) {
        int elements() {
            return Math.toIntExact(item.parameter().bytes() / Float.BYTES);
        }
    }

    private final OpenClGpu gpu;
    private final StagedUpdates staged;
    private final Clipping clipping;
    private final List<Moved> moved = new ArrayList<>();
    private final OpenClBuffer sums;
    private final OpenClBuffer verdict;
    private final MemorySegment verdictOnHost;
    private final OpenClKernel norms;
    private final OpenClKernel judge;
    private boolean watched;

    OpenClUpdates(OpenClGpu gpu, MemoryOwner owner, StagedUpdates staged, List<UpdatePass.Item> items) {
        this.gpu = gpu;
        this.staged = staged;
        this.clipping = items.getFirst().update().clipping();
        long numbers = 1 + (long) NUMBERS * items.size();
        this.sums = OpenClGpu.buffer(gpu.allocate(owner, 2L * SUMS * Float.BYTES * items.size()));
        this.verdict = OpenClGpu.buffer(gpu.allocate(owner, numbers * Float.BYTES));
        this.verdictOnHost = owner.allocate(numbers * Float.BYTES);
        this.norms = kernel(owner, gpu.program(MEASURE), "norms");
        norms.set(0, sums);
        norms.set(1, verdict);
        norms.set(2, SUMS);
        this.judge = kernel(owner, gpu.program(MEASURE), "judge");
        judge.set(0, verdict);
        judge.set(1, items.size());
        judge.set(2, clipping instanceof Clipping.ByNorm c ? (float) c.limit() : Float.POSITIVE_INFINITY);
        judge.set(3, clipping instanceof Clipping.ByGlobalNorm c ? (float) c.limit() : Float.POSITIVE_INFINITY);
        for (int i = 0; i < items.size(); i++) {
            moved.add(kernels(owner, items.get(i), i));
        }
    }

    private Moved kernels(MemoryOwner owner, UpdatePass.Item item, int index) {
        OpenClKernel move = kernel(owner, gpu.program(source(item)), "move");
        move.set(0, OpenClGpu.buffer(item.parameter()));
        move.set(2, verdict);
        move.set(3, 1 + NUMBERS * index);
        move.set(4, clipping instanceof Clipping.ByValue byValue ? (float) byValue.limit() : Float.POSITIVE_INFINITY);
        for (int slot = 0; slot < item.slots().size(); slot++) {
            move.set(FIRST_SLOT + slot, OpenClGpu.buffer(item.slots().get(slot)));
        }
        OpenClProgram measuring = gpu.program(MEASURE);
        OpenClKernel collect = null;
        OpenClKernel measurePending = null;
        if (item.pending() != null) {
            collect = kernel(owner, measuring, "collect");
            collect.set(0, OpenClGpu.buffer(item.pending()));
            collect.set(1, OpenClGpu.buffer(item.gradient()));
            measurePending = measure(owner, measuring, OpenClGpu.buffer(item.pending()), 2 * index);
        }
        OpenClKernel measureParameter = item.update().rule().usesNorms()
                ? measure(owner, measuring, OpenClGpu.buffer(item.parameter()), 2 * index + 1)
                : null;
        return new Moved(
                item,
                move,
                measure(owner, measuring, OpenClGpu.buffer(item.gradient()), 2 * index),
                measurePending,
                measureParameter,
                collect);
    }

    /** The kernel of a rule: its formula, between loads and stores. */
    private static String source(UpdatePass.Item item) {
        String slots = slots(item, ", __global float *S%1$d", "");
        return """
            __kernel void move(__global float *P, __global const float *G, __global const float *verdict, uint place, float limit, float rate,
                               float c0, float c1, float c2, float c3, uint t%s) {
                if (verdict[0] == 0) return;
                uint i = get_global_id(0);
                float gradientNorm = verdict[place] * verdict[place + 2];
                float parameterNorm = verdict[place + 1];
                float p = P[i];
                float g = clamp(G[i] * verdict[place + 2], -limit, limit);
            %s    %s
                P[i] = p;
            %s}
            """.formatted(
                        slots,
                        slots(item, "    float s%1$d = S%1$d[i];\n", ""),
                        item.update().rule().formula(),
                        slots(item, "    S%1$d[i] = s%1$d;\n", ""));
    }

    private static String slots(UpdatePass.Item item, String format, String between) {
        return IntStream.range(0, item.slots().size())
                .mapToObj(format::formatted)
                .collect(Collectors.joining(between));
    }

    private static OpenClKernel kernel(MemoryOwner owner, OpenClProgram program, String name) {
        OpenClKernel kernel = program.kernel(name);
        owner.adopt(0, kernel::close);
        return kernel;
    }

    private OpenClKernel measure(MemoryOwner owner, OpenClProgram program, OpenClBuffer what, int place) {
        OpenClKernel measure = kernel(owner, program, "measure");
        measure.set(0, what);
        measure.set(1, sums);
        measure.set(2, Math.toIntExact(what.bytes() / Float.BYTES));
        measure.set(3, place * SUMS);
        return measure;
    }

    @Override
    public boolean isEmpty() {
        return false;
    }

    @Override
    public boolean run(float rate, long updates) {
        return watched ? staged.run(rate, updates) : run(rate, updates, false);
    }

    @Override
    public boolean runPending(float rate, long updates) {
        if (watched) {
            return staged.runPending(rate, updates);
        }
        boolean done = run(rate, updates, true);
        for (Moved each : moved) {
            OpenClGpu.buffer(each.item().pending()).clear();
        }
        return done;
    }

    @Override
    public void accumulate(float factor) {
        for (Moved each : moved) {
            if (each.collect() == null) {
                throw new IllegalStateException("parameter " + each.item().name()
                        + " does not accumulate gradients: its update must say so when the graph is built");
            }
            each.collect().set(2, factor);
            each.collect().run(gpu.queue(), each.elements());
        }
    }

    private boolean run(float rate, long step, boolean pending) {
        for (Moved each : moved) {
            (pending ? each.measurePending() : each.measureGradient()).run(gpu.queue(), SUMS);
            if (each.measureParameter() != null) {
                each.measureParameter().run(gpu.queue(), SUMS);
            }
        }
        norms.run(gpu.queue(), moved.size());
        judge.run(gpu.queue(), 1);
        for (Moved each : moved) {
            move(each, rate, step, pending);
        }
        verdict.read(verdictOnHost);
        return verdictOnHost.get(ValueLayout.JAVA_FLOAT, 0) != 0;
    }

    private void move(Moved each, float rate, long step, boolean pending) {
        float local = each.item().update().rule().localRate(rate);
        OpenClKernel move = each.move();
        move.set(
                1,
                OpenClGpu.buffer(pending ? each.item().pending() : each.item().gradient()));
        move.set(FIRST_NUMBER - 1, local);
        float[] numbers = each.item().update().rule().formulaNumbers(local, step);
        for (int i = 0; i < FIRST_SLOT - 1 - FIRST_NUMBER; i++) {
            move.set(FIRST_NUMBER + i, i < numbers.length ? numbers[i] : 0);
        }
        move.set(FIRST_SLOT - 1, (int) Math.min(step, Integer.MAX_VALUE));
        move.run(gpu.queue(), each.elements());
    }

    private float number(int item, int which) {
        return verdictOnHost.getAtIndex(ValueLayout.JAVA_FLOAT, 1 + (long) NUMBERS * item + which);
    }

    @Override
    public void watch(boolean on) {
        watched = on;
        staged.watch(on);
    }

    @Override
    public List<Movement> movements() {
        if (watched) {
            return staged.movements();
        }
        return IntStream.range(0, moved.size())
                .mapToObj(i -> new Movement(moved.get(i).item().name(), number(i, 0), number(i, 1), 0))
                .toList();
    }
}
