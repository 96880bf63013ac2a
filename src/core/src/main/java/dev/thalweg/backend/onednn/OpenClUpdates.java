package dev.thalweg.backend.onednn;

import dev.thalweg.backend.Movement;
import dev.thalweg.backend.runtime.HostUpdates;
import dev.thalweg.backend.runtime.Updates;
import dev.thalweg.graph.expression.UpdateProgram;
import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.opencl.OpenClKernel;
import dev.thalweg.opencl.OpenClMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The optimizer's updates on the device: measures all gradients, judges them, then moves all parameters, each by the
 * kernel printed of its rule. The host waits once, for the verdict.
 */
final class OpenClUpdates implements Updates {
    private static final String COMMON = """
        __kernel void norms(__global const float *sums, __global float *verdict, uint each) {
            uint place = get_global_id(0);
            float square = 0;
            for (uint i = 0; i < each; i++) square += sums[place * each + i];
            verdict[2 + place] = sqrt(square);
        }
        __kernel void judge(__global float *verdict, uint items, uint each) {
            float square = 0;
            for (uint item = 0; item < items; item++) {
                square += verdict[2 + item * each] * verdict[2 + item * each];
            }
            verdict[0] = isfinite(square) ? 1 : 0;
            verdict[1] = sqrt(square);
        }
        __kernel void collect(__global float *pending, __global const float *gradient, float weight) {
            pending[get_global_id(0)] += weight * gradient[get_global_id(0)];
        }
        """;

    private final OpenClGpu gpu;
    private final MemoryOwner owner;
    private final List<HostUpdates.Item> items;
    private final List<OpenClRule> rules = new ArrayList<>();
    /** Null where a parameter does not accumulate. */
    private final OpenClKernel collect;

    private final int levels;
    /** Room for so many norms of each parameter; the last is that of its movement. */
    private final int normsEach;

    private final OpenClMemory sums;
    private final MemorySegment verdictOnHost;
    private final OpenClMemory verdict;
    private final OpenClKernel norms;
    private final OpenClKernel judge;
    /** Null until somebody watches for the first time. */
    private @Nullable OpenClMovements measuring;
    /** Whether updates are watched. */
    private boolean watching;
    /** Whether the last one was. */
    private boolean watched;

    OpenClUpdates(OpenClGpu gpu, MemoryOwner owner, List<HostUpdates.Item> items) {
        this.gpu = gpu;
        this.owner = owner;
        this.items = List.copyOf(items);
        List<UpdateProgram> programs =
                items.stream().map(item -> item.update().program()).toList();
        levels = programs.stream().mapToInt(UpdateProgram::levels).max().orElse(0);
        normsEach = 1 + programs.stream().mapToInt(p -> p.norms().size()).max().orElse(0);
        long places = (long) normsEach * items.size();
        long numbers = OpenClRule.FIRST_NORM + places;
        sums = OpenClGpu.memory(gpu.allocate(owner, OpenClRule.SUMS * Float.BYTES * places));
        verdict = OpenClGpu.memory(gpu.allocate(owner, numbers * Float.BYTES));
        verdictOnHost = owner.allocate(numbers * Float.BYTES);
        norms = gpu.kernel(owner, COMMON, "norms");
        norms.set(0, sums);
        norms.set(1, verdict);
        norms.set(2, OpenClRule.SUMS);
        judge = gpu.kernel(owner, COMMON, "judge");
        judge.set(0, verdict);
        judge.set(1, items.size());
        judge.set(2, normsEach);
        collect = gpu.kernel(owner, COMMON, "collect");
        for (int i = 0; i < items.size(); i++) {
            rules.add(new OpenClRule(gpu, owner, items.get(i), programs.get(i), sums, verdict, normsEach * i));
        }
    }

    @Override
    public boolean isEmpty() {
        return false;
    }

    @Override
    public boolean step(float rate, long updates) {
        return step(rate, updates, false);
    }

    @Override
    public boolean stepPending(float rate, long updates) {
        boolean done = step(rate, updates, true);
        for (HostUpdates.Item item : items) {
            OpenClGpu.memory(item.accumulated()).clear();
        }
        return done;
    }

    @Override
    public void accumulate(float factor) {
        for (HostUpdates.Item item : items) {
            collect.set(0, OpenClGpu.memory(item.accumulated()));
            collect.set(1, OpenClGpu.memory(item.gradient()));
            collect.set(2, factor);
            collect.enqueue(gpu.queue(), item.parameter().bytes() / Float.BYTES);
        }
    }

    private boolean step(float rate, long step, boolean pending) {
        watched = watching;
        for (int level = 0; level < levels; level++) {
            for (OpenClRule rule : rules) {
                rule.measure(gpu.queue(), level, rate, step, pending, watched);
            }
            sumUp();
            if (level == 0) {
                judge.enqueue(gpu.queue(), 1);
            }
        }
        move(watched ? measuring : null, rate, step, pending);
        verdict.read(verdictOnHost);
        return verdictOnHost.get(ValueLayout.JAVA_FLOAT, 0) != 0;
    }

    private void move(@Nullable OpenClMovements measure, float rate, long step, boolean pending) {
        for (int i = 0; i < rules.size(); i++) {
            if (measure != null) {
                measure.keep(items.get(i).parameter());
            }
            rules.get(i).move(gpu.queue(), rate, step, pending);
            if (measure != null) {
                measure.measure(items.get(i).parameter(), normsEach * i + movementNorm());
            }
        }
        if (measure != null) {
            sumUp();
        }
    }

    /** Makes norms of all sums there are. */
    private void sumUp() {
        norms.enqueue(gpu.queue(), (long) normsEach * items.size());
    }

    private int movementNorm() {
        return normsEach - 1;
    }

    private float norm(int item, int which) {
        return verdictOnHost.getAtIndex(
                ValueLayout.JAVA_FLOAT, OpenClRule.FIRST_NORM + (long) normsEach * item + which);
    }

    @Override
    public void watch(boolean on) {
        if (on && measuring == null) {
            measuring = new OpenClMovements(gpu, owner, items, sums);
        }
        watching = on;
    }

    @Override
    public List<Movement> movements() {
        return IntStream.range(0, items.size())
                .mapToObj(i -> new Movement(
                        items.get(i).name(),
                        norm(i, UpdateProgram.GRADIENT_NORM),
                        norm(i, UpdateProgram.PARAMETER_NORM),
                        watched ? norm(i, movementNorm()) : 0))
                .toList();
    }
}
