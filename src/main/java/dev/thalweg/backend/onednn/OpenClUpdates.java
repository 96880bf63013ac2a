package dev.thalweg.backend.onednn;

import dev.thalweg.backend.Movement;
import dev.thalweg.backend.host.StagedUpdates;
import dev.thalweg.backend.host.UpdatePass;
import dev.thalweg.backend.host.Updates;
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
 * The optimizer's pass on the device: measures all gradients, then moves all parameters, each by a kernel made of its rule's
 * formula. Only partial sums of squares come to the host, which decides by them. A watched update is made by the host.
 */
final class OpenClUpdates implements Updates {
    /** Partial sums for each tensor. */
    private static final int SUMS = 1024;
    private static final String MEASURE = """
            __kernel void measure(__global const float *x, __global float *sums, uint n, uint place) {
                float sum = 0;
                for (uint i = get_global_id(0); i < n; i += get_global_size(0)) sum += x[i] * x[i];
                sums[place + get_global_id(0)] = sum;
            }
            __kernel void collect(__global float *pending, __global const float *gradient, float weight) {
                pending[get_global_id(0)] += weight * gradient[get_global_id(0)];
            }
            """;

    /** One parameter's kernels; those of what is not there are null. */
    private record Moved(UpdatePass.Item item, OpenClKernel move, OpenClKernel measureGradient, OpenClKernel measurePending, OpenClKernel measureParameter,
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
    private final MemorySegment sumsOnHost;
    private final double[] gradientNorms;
    private final double[] parameterNorms;
    private boolean watched;

    OpenClUpdates(OpenClGpu gpu, MemoryOwner owner, StagedUpdates staged, List<UpdatePass.Item> items) {
        this.gpu = gpu;
        this.staged = staged;
        this.clipping = items.isEmpty() ? new Clipping.None() : items.getFirst().update().clipping();
        this.gradientNorms = new double[items.size()];
        this.parameterNorms = new double[items.size()];
        long bytes = 2L * SUMS * Float.BYTES * items.size();
        this.sums = OpenClGpu.buffer(gpu.allocate(owner, bytes));
        this.sumsOnHost = owner.allocate(bytes);
        for (int i = 0; i < items.size(); i++) {
            moved.add(kernels(owner, items.get(i), i));
        }
    }

    private Moved kernels(MemoryOwner owner, UpdatePass.Item item, int index) {
        OpenClKernel move = kernel(owner, gpu.program(source(item)), "move");
        move.set(0, OpenClGpu.buffer(item.parameter()));
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
        OpenClKernel measureParameter = item.update().rule().usesNorms() ? measure(owner, measuring, OpenClGpu.buffer(item.parameter()), 2 * index + 1) : null;
        return new Moved(item, move, measure(owner, measuring, OpenClGpu.buffer(item.gradient()), 2 * index), measurePending, measureParameter, collect);
    }

    private static final int FIRST_SLOT = 10;

    /** The kernel of a rule: its formula, between loads and stores. */
    private static String source(UpdatePass.Item item) {
        String slots = slots(item, "__global float *S%1$d", ", ");
        return "__kernel void move(__global float *P, __global const float *G, float rate, float scale, float limit, float c0, float c1, float c2, float c3, uint t"
                + (slots.isEmpty() ? "" : ", " + slots) + ") {\n    uint i = get_global_id(0);\n    float p = P[i];\n    float g = clamp(G[i] * scale, -limit, limit);\n"
                + slots(item, "    float s%1$d = S%1$d[i];\n", "") + item.update().rule().formula() + "\n    P[i] = p;\n" + slots(item, "    S%1$d[i] = s%1$d;\n", "") + "}\n";
    }

    private static String slots(UpdatePass.Item item, String format, String between) {
        return IntStream.range(0, item.slots().size()).mapToObj(format::formatted).collect(Collectors.joining(between));
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
        return moved.isEmpty();
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
                throw new IllegalStateException("parameter " + each.item().name() + " does not accumulate gradients: its update must say so when the graph is built");
            }
            each.collect().set(2, factor);
            each.collect().run(gpu.queue(), each.elements());
        }
    }

    private boolean run(float rate, long step, boolean pending) {
        if (moved.isEmpty()) {
            return true;
        }
        for (Moved each : moved) {
            (pending ? each.measurePending() : each.measureGradient()).run(gpu.queue(), SUMS);
            if (each.measureParameter() != null) {
                each.measureParameter().run(gpu.queue(), SUMS);
            }
        }
        sums.read(sumsOnHost);
        double global = 0;
        for (int i = 0; i < moved.size(); i++) {
            double square = sum(2 * i);
            gradientNorms[i] = Math.sqrt(square);
            parameterNorms[i] = moved.get(i).measureParameter() == null ? 0 : Math.sqrt(sum(2 * i + 1));
            global += square;
        }
        if (!Double.isFinite(global)) {
            return false;
        }
        for (int i = 0; i < moved.size(); i++) {
            move(moved.get(i), i, rate, step, pending, Math.sqrt(global));
        }
        return true;
    }

    private double sum(int place) {
        double sum = 0;
        for (int i = 0; i < SUMS; i++) {
            sum += sumsOnHost.getAtIndex(ValueLayout.JAVA_FLOAT, (long) place * SUMS + i);
        }
        return sum;
    }

    private void move(Moved each, int index, float rate, long step, boolean pending, double globalNorm) {
        float scale = UpdatePass.scale(clipping, gradientNorms[index], globalNorm);
        float local = each.item().update().rule().localRate(rate, parameterNorms[index], gradientNorms[index] * scale);
        OpenClKernel move = each.move();
        move.set(1, OpenClGpu.buffer(pending ? each.item().pending() : each.item().gradient()));
        move.set(2, local);
        move.set(3, scale);
        move.set(4, clipping instanceof Clipping.ByValue byValue ? (float) byValue.limit() : Float.POSITIVE_INFINITY);
        float[] numbers = each.item().update().rule().formulaNumbers(local, step);
        for (int i = 0; i < 4; i++) {
            move.set(5 + i, i < numbers.length ? numbers[i] : 0);
        }
        move.set(9, (int) Math.min(step, Integer.MAX_VALUE));
        move.run(gpu.queue(), each.elements());
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
        return IntStream.range(0, moved.size()).mapToObj(i -> new Movement(moved.get(i).item().name(), gradientNorms[i], parameterNorms[i], 0)).toList();
    }
}
